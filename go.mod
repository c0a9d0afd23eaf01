module terraform-provider-chat

go 1.25.8
