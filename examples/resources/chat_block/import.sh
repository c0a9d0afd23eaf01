# The id is owner/blocked.
terraform import chat_block.alice_bob alice/bob
