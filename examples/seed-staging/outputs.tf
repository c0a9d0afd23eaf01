data "chat_users" "all" {
  depends_on = [chat_user.staff]
}

data "chat_user_status" "staff" {
  usernames = [for user in chat_user.staff : user.username]
}

data "chat_contacts" "alice" {
  owner      = chat_user.staff["alice"].username
  depends_on = [chat_contact.staff]
}

data "chat_blocks" "alice" {
  owner      = chat_user.staff["alice"].username
  depends_on = [chat_block.staff]
}

output "users" {
  description = "Everyone in the application, seeded here or not."
  value       = sort(data.chat_users.all.usernames)
}

output "statuses" {
  description = "Who is online."
  value       = data.chat_user_status.staff.statuses
}

output "contacts_of_alice" {
  value = sort(data.chat_contacts.alice.usernames)
}

output "blocked_by_alice" {
  value = sort(data.chat_blocks.alice.usernames)
}
