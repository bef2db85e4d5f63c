"""Backtalk's Rasa plug-ins: thin shells around the pure packages."""
