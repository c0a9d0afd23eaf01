# The id is the user, with the contact or the group behind it if it is about one:
# USERNAME, USERNAME/contact/CONTACT or USERNAME/group/GROUP. A contact of another
# application (JMessage) has the key of that behind it.
terraform import chat_do_not_disturb.bob bob
terraform import chat_do_not_disturb.alice_bob alice/contact/bob
terraform import chat_do_not_disturb.alice_news alice/group/66016455491585
