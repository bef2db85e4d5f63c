"""How messages reach the assistant and replies reach people."""
