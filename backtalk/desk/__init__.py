"""The staff page /desk: the front desk's queue of booking requests. Knows nothing of Rasa."""
