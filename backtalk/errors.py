"""The error every command turns into one line."""


class CommandError(Exception):
    """What went wrong, why, and what to do, in one line."""
