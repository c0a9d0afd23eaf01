resource "chat_media" "logo" {
  source = "${path.module}/logo.png"
}

data "chat_media" "logo" {
  media_id = chat_media.logo.id
}

output "logo_url" {
  value = data.chat_media.logo.url
}
