variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

# Invoke it by hand: terraform apply -invoke=action.chat_disconnect_user.alice
action "chat_disconnect_user" "alice" {
  config {
    username = chat_user.alice.id
  }
}

# Invoke it whenever the terms change, so that Alice has to log in again.
resource "terraform_data" "terms" {
  input = "2025-01-01"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.chat_disconnect_user.alice]
    }
  }
}
