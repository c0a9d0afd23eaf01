# The id is the word.
terraform import chat_sensitive_word.spam spam
