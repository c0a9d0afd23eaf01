# The id is username/group.
terraform import chat_group_shield.robert robert/66016455491585
