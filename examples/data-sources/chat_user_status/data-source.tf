# The platforms return "offline" for a user that does not exist.
data "chat_user_status" "support" {
  usernames = ["alice", "bob"]
}

output "online" {
  value = [for username, status in data.chat_user_status.support.statuses : username if status == "online"]
}
