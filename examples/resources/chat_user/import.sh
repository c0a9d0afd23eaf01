# The id is the user name. An imported user needs no password.
terraform import chat_user.alice alice
