"""Finding the topic of a message. Knows nothing of Rasa."""
