# The id is the id of the room.
terraform import chat_room_members.support 66213271109633
