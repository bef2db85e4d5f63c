"""Rasa actions: each reads what was understood, asks for a response, and returns."""
