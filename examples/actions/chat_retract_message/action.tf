variable "message_id" {
  description = "The id of the message, from the progress output of chat_send_message."
  type        = string
  default     = "1029457500870543736"
}

# Invoke it by hand, soon after the message was sent:
# terraform apply -invoke=action.chat_retract_message.hello -var message_id=...
action "chat_retract_message" "hello" {
  config {
    message_id = var.message_id
    sender     = "alice"

    # Easemob only, where both are required.
    target_type = "user"
    target      = "bob"
  }
}
