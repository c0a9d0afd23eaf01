variable "initial_password" {
  description = "What new users log in with first."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username = "alice"
  nickname = "Alice"

  # Written when the user is created and whenever the version changes; never kept in the state.
  password_wo         = var.initial_password
  password_wo_version = 1

  push = {
    display_style        = "detail"
    do_not_disturb       = true
    do_not_disturb_start = 22
    do_not_disturb_end   = 7
  }
}

# A user who may not log in, and whose account survives terraform destroy.
resource "chat_user" "bob" {
  username              = "bob"
  password_wo           = var.initial_password
  activated             = false
  deactivate_on_destroy = true
}
