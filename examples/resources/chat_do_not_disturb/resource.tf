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

resource "chat_group" "news" {
  name  = "News"
  owner = chat_user.alice.id
}

# Messages of Bob do not notify Alice.
resource "chat_do_not_disturb" "alice_bob" {
  username = chat_user.alice.id
  contact  = chat_user.bob.id
}

# Messages to the group do not notify Alice.
resource "chat_do_not_disturb" "alice_news" {
  username = chat_user.alice.id
  group    = chat_group.news.id
}

# No message notifies Bob.
resource "chat_do_not_disturb" "bob" {
  username = chat_user.bob.id
}
