variable "initial_password" {
  description = "The first password of new users."
  type        = string
  ephemeral   = true
}

resource "chat_media" "logo" {
  source = "${path.module}/logo.png"
}

# On JMessage, an avatar is a media id.
resource "chat_user" "alice" {
  username    = "alice"
  password_wo = var.initial_password
  profile = {
    avatar = chat_media.logo.id
  }
}

resource "chat_group" "team" {
  name   = "The team"
  owner  = chat_user.alice.id
  avatar = chat_media.logo.id
}
