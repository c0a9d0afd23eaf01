# The id is the user names with commas in between. Imported users need no password.
terraform import chat_users.team alice,bob
