variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

data "chat_offline_message_status" "welcome" {
  username   = chat_user.alice.id
  message_id = "123456789"
}

output "welcomed" {
  value = data.chat_offline_message_status.welcome.status == "delivered"
}
