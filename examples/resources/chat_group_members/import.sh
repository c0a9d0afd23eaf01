# The id is the id of the group.
terraform import chat_group_members.team 66016455491585
