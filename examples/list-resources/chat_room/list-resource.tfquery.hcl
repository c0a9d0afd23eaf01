# All rooms of the application
list "chat_room" "all" {
  provider = chat
  limit    = 1000
}

# Those that alice owns or is a member of, with all attributes
list "chat_room" "of_alice" {
  provider         = chat
  include_resource = true

  config {
    member = "alice"
  }
}
