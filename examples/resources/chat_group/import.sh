# The id is the platform's id of the group.
terraform import chat_group.team 66016455491585
