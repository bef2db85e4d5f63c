"""Requests for an appointment: stored once, handed to the front desk, erased when due."""
