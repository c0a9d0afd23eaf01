import {
  to = chat_group.team
  identity = {
    id = "66016455491585"
  }
}

resource "chat_group" "team" {
  name  = "The team"
  owner = "alice"
}
