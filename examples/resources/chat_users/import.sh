# The id is the user names, separated by commas.
terraform import chat_users.team alice,bob

# With source, the id is the path of the file, as in source. Users that exist are imported,
# and the next apply creates the others.
terraform import chat_users.from_file users.csv
