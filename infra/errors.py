"""The one exception of this package that a person at the keyboard is meant to read."""


class InfraError(RuntimeError):
    """Something outside the program is in the way; the message is a Chinese sentence that says what to do."""
