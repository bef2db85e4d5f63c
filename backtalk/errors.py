"""The errors that a command turns into one line."""


class CommandError(Exception):
    """What went wrong, why, and what to do, in one line."""


class SettingsError(ValueError):
    """A setting is missing or bad: one line that names it and says what to write."""
