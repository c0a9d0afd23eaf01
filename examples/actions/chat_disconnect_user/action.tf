variable "initial_password" {
  description = "What new users log in with first."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

# By hand: terraform apply -invoke=action.chat_disconnect_user.alice
action "chat_disconnect_user" "alice" {
  config {
    username = chat_user.alice.username
  }
}

# And whenever the terms change, so that alice logs in anew and sees them.
resource "terraform_data" "terms" {
  input = "2025-01-01"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.chat_disconnect_user.alice]
    }
  }
}
