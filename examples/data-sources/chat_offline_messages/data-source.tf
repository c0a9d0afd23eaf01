variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

# The id is known only after the user is created, so the messages are counted after that.
data "chat_offline_messages" "support" {
  usernames = [chat_user.alice.id]
}

output "waiting" {
  value = sum(values(data.chat_offline_messages.support.counts))
}
