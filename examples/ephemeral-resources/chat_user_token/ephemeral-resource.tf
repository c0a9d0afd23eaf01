variable "initial_password" {
  description = "What new users log in with first."
  type        = string
  ephemeral   = true
}

resource "chat_user" "bot" {
  username    = "bot"
  password_wo = var.initial_password
}

# The id, unlike the username, is not known before the user exists: the login waits for it.
ephemeral "chat_user_token" "bot" {
  username = chat_user.bot.id
  password = var.initial_password
  ttl      = "24h"
}

# Hand the token to a program of your own.
resource "terraform_data" "bot" {
  provisioner "local-exec" {
    command     = "echo Starting the bot."
    environment = { CHAT_TOKEN = ephemeral.chat_user_token.bot.token }
  }
}
