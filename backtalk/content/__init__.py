"""Reading and checking the topic files. Knows nothing of Rasa at run time."""
