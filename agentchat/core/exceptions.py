"""What can go wrong between a message's sender and its receiver.

Exception
├── CantHandleException       the agent, or subscription, has no use for it
├── UndeliverableException    it can reach nobody any more
├── MessageDroppedException   an intervention handler took it out
└── NotAccessibleError        the value is out of reach from here
"""

__all__ = [
    "CantHandleException",
    "MessageDroppedException",
    "NotAccessibleError",
    "UndeliverableException",
]


class CantHandleException(Exception):
    """The receiver has no use for what it was given."""


class UndeliverableException(Exception):
    """The message can reach nobody any more."""


class MessageDroppedException(Exception):
    """An intervention handler dropped the message, or the response to it."""


class NotAccessibleError(Exception):
    """The value is out of reach, for example because it lives in another process."""
