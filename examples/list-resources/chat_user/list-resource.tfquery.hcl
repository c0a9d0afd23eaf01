# The first 100 users, with their names only.
list "chat_user" "all" {
  provider = chat
}

# Up to 5,000 users whose names begin with "qa-", with all their attributes. A user that is
# listed by two blocks is declared twice in generated configuration: generate from one block.
list "chat_user" "qa" {
  provider         = chat
  include_resource = true
  limit            = 5000

  config {
    username_prefix = "qa-"
  }
}
