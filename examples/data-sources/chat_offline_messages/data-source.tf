variable "initial_password" {
  description = "What new users log in with first."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

# The id, unlike the username, is not known before the user exists: the count waits for it.
data "chat_offline_messages" "support" {
  usernames = [chat_user.alice.id]
}

output "waiting" {
  value = sum(values(data.chat_offline_messages.support.counts))
}
