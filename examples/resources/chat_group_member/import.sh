# The id is group/username.
terraform import chat_group_member.bob 66016455491585/bob
