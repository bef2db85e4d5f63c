"""What is kept of red flags for a clinic's review: never a patient's words."""
