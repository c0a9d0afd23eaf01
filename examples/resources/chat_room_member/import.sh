# The id is room/username.
terraform import chat_room_member.bob 66213271109633/bob
