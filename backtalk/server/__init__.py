"""What makes a server of the assistant: HTTP, health, metrics, start, stop and daily chores."""
