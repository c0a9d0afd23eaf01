variable "initial_password" {
  description = "The password of new users for whom the file has none."
  type        = string
  ephemeral   = true
}

# Up to a million users come from a file. Its nicknames and passwords are not in the state; the
# private state, which is part of the state file, contains its user names. The file has the
# columns username, nickname, activated and password, of which only the first is required.
resource "chat_users" "from_file" {
  source      = "${path.module}/users.csv"
  password_wo = var.initial_password
}

output "users_from_file" {
  value = chat_users.from_file.user_count
}
