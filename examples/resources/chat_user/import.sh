# The id is the user name.
terraform import chat_user.alice alice
