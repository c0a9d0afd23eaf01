# The id is the user names, separated by commas.
terraform import chat_users.team alice,bob

# For users of a file, it is the path of the file, as in source. Users that exist are
# imported, and the others are created by the next apply.
terraform import chat_users.from_file users.csv
