variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_users" "team" {
  users = {
    alice = { nickname = "Alice" }
    bob   = { nickname = "Bob", activated = false }
    carol = {}
  }

  # Set for every user that is created, and for all users whenever the version changes. Not
  # stored in the state. For one password per user, use passwords_wo.
  password_wo         = var.initial_password
  password_wo_version = 1
}

# Many users from an expression, here 100. For thousands of users, read a file: see the guide
# "Large applications".
resource "chat_users" "load_test" {
  users       = { for i in range(100) : format("load-%04d", i) => { nickname = "Load test ${i}" } }
  password_wo = var.initial_password
}

# chat_users has no id for each user. If all of them are created again, this trigger creates
# the contact again in the same run.
resource "chat_contact" "alice_carol" {
  owner   = "alice"
  contact = "carol"

  lifecycle {
    replace_triggered_by = [chat_users.team.id]
  }
}
