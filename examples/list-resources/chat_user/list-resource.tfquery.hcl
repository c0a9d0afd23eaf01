# The names of the first 100 users.
list "chat_user" "all" {
  provider = chat
}

# Users whose names begin with "qa-", at most 5,000 of them, with all that is known of each.
list "chat_user" "qa" {
  provider         = chat
  include_resource = true
  limit            = 5000

  config {
    username_prefix = "qa-"
  }
}
