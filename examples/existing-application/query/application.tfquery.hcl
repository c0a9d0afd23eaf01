list "chat_user" "all" {
  provider = chat
  limit    = 5000
}

list "chat_contact" "all" {
  for_each = toset([for user in list.chat_user.all.data : user.identity.username])
  provider = chat
  limit    = 5000

  config {
    owner = each.key
  }
}

list "chat_block" "all" {
  for_each = toset([for user in list.chat_user.all.data : user.identity.username])
  provider = chat
  limit    = 5000

  config {
    owner = each.key
  }
}
