# The id is the owner.
terraform import chat_contacts.alice alice
