# Outputs show what this configuration manages. Values that others change, such as who is
# online, are in a separate root module: see report/.

output "users" {
  description = "The seeded users by name."
  value       = { for name, user in chat_user.staff : name => { nickname = user.nickname, activated = user.activated } }
}

output "contacts" {
  description = "The seeded contacts, as owner/contact."
  value       = sort([for contact in chat_contact.staff : contact.id])
}

output "blocks" {
  description = "The seeded blocks, as owner/blocked."
  value       = sort([for block in chat_block.staff : block.id])
}

output "chats" {
  description = "The seeded groups and chat rooms by name, with their ids and members."
  value = merge(
    { for name, group in chat_group.staff : name => { id = group.id, owner = group.owner, members = sort(keys(chat_group_members.staff[name].members)) } },
    { for name, room in chat_room.staff : name => { id = room.id, owner = room.owner, members = sort(keys(chat_room_members.staff[name].members)) } },
  )
}
