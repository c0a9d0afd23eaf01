variable "initial_password" {
  description = "What new users log in with first."
  type        = string
  ephemeral   = true
}

resource "chat_users" "team" {
  users = {
    alice = { nickname = "Alice" }
    bob   = { nickname = "Bob", activated = false }
    carol = {}
  }

  # Written when a user is created, and for all users whenever the version changes;
  # never kept in the state. passwords_wo takes a map where each has one of its own.
  password_wo         = var.initial_password
  password_wo_version = 1
}

# Thousands of users from a file or a numbering work the same way.
resource "chat_users" "load_test" {
  users       = { for i in range(100) : format("load-%04d", i) => { nickname = "Load test ${i}" } }
  password_wo = var.initial_password
}
