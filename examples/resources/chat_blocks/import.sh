# The id is the owner.
terraform import chat_blocks.alice alice
