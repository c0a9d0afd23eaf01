# The id is the platform's id of the room.
terraform import chat_room.support 66213271109633
