ephemeral "chat_app_token" "this" {}

# Pass the token to a program that calls the platform.
resource "terraform_data" "report" {
  provisioner "local-exec" {
    command     = "echo Writing the report."
    environment = { CHAT_TOKEN = ephemeral.chat_app_token.this.token }
  }
}
