"""Measures Backtalk beside an empty Rasa, Rasa's default pipeline and nlp.js: `make bench`."""
