variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
}

resource "chat_user" "bob" {
  username    = "bob"
  password_wo = var.initial_password
}

# Invoke it by hand: terraform apply -invoke=action.chat_send_message.hello
action "chat_send_message" "hello" {
  config {
    target_type = "user"
    target      = chat_user.bob.id
    sender      = chat_user.alice.id
    text        = "Hello Bob"
  }
}

# A custom message in a format that the application defines.
action "chat_send_message" "order" {
  config {
    target_type = "user"
    target      = chat_user.bob.id
    sender      = chat_user.alice.id
    custom      = jsonencode({ customEvent = "order", customExts = { id = "7" } })
  }
}

# Send both when Alice and Bob become contacts.
resource "chat_contact" "alice_bob" {
  owner   = chat_user.alice.id
  contact = chat_user.bob.id

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.chat_send_message.hello, action.chat_send_message.order]
    }
  }
}
