# Every user, the first 100 of them, as far as their names and display names go.
list "chat_user" "all" {
  provider = chat
}

# Users whose names begin with "qa-", with all that there is to know of each.
list "chat_user" "qa" {
  provider         = chat
  include_resource = true
  limit            = 5000

  config {
    username_prefix = "qa-"
  }
}
