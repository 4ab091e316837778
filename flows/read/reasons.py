"""What keeps a text from being read."""

from __future__ import annotations

from flows import schemas
from flows.model import Rejected


class Unreadable(Exception):
    """Bytes or a text that cannot be used: a reason of `schemas/reasons.csv` and the facts of its message."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts

    def at(self, origin: str) -> Rejected:
        """The rejection of the input named ORIGIN for this reason."""
        return schemas.rejected(origin, self.reason, **self.facts)
