# The id is the user names, separated by commas.
terraform import chat_users.team alice,bob
