# The id is owner/contact.
terraform import chat_contact.alice_bob alice/bob
