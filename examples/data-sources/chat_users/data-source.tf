# Up to 500 users whose names begin with "qa-".
data "chat_users" "qa" {
  username_prefix = "qa-"
  limit           = 500
}

output "qa_usernames" {
  value = data.chat_users.qa.usernames
}

output "qa_deactivated" {
  value = [for user in data.chat_users.qa.users : user.username if user.activated == false]
}
