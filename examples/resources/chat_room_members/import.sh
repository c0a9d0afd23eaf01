# The id is that of the room.
terraform import chat_room_members.support 66213271109633
