# The id is the key of the application.
terraform import chat_sensitive_words.all 4f7aef34fb361292c566a1cd
