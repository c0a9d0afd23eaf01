# The id is USERNAME, USERNAME/contact/CONTACT or USERNAME/group/GROUP. For a contact of
# another application (JMessage), append /APP_KEY.
terraform import chat_do_not_disturb.bob bob
terraform import chat_do_not_disturb.alice_bob alice/contact/bob
terraform import chat_do_not_disturb.alice_news alice/group/66016455491585
