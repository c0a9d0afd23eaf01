variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "bot" {
  username    = "bot"
  password_wo = var.initial_password
}

# The id is known only after the user is created, so Terraform logs in after that.
ephemeral "chat_user_token" "bot" {
  username = chat_user.bot.id
  password = var.initial_password
  ttl      = "24h"
}

# Pass the token to a program.
resource "terraform_data" "bot" {
  provisioner "local-exec" {
    command     = "echo Starting the bot."
    environment = { CHAT_TOKEN = ephemeral.chat_user_token.bot.token }
  }
}
