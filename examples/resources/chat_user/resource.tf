variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username = "alice"
  nickname = "Alice"

  # Set when the user is created and whenever the version changes. Not stored in the state.
  password_wo         = var.initial_password
  password_wo_version = 1

  push = {
    display_style        = "detail"
    do_not_disturb       = true
    do_not_disturb_start = 22
    do_not_disturb_end   = 7
  }
}

# A user who may not log in. Destroying the resource keeps the account and deactivates it.
resource "chat_user" "bob" {
  username              = "bob"
  password_wo           = var.initial_password
  activated             = false
  deactivate_on_destroy = true
}
