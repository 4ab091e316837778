"""Why an input is not read: the closed list of reasons and their messages, from `schemas/reasons.csv`."""

from __future__ import annotations

from functools import cache

from flows import schemas
from flows.model import Rejected


@cache
def _messages() -> dict[str, str]:
    return {row["code"]: row["message_en"] for row in schemas.rows("reasons.csv")}


def rejected(origin: str, reason: str, **facts: object) -> Rejected:
    """An input that is not published; the message names it first, then says what is wrong and what to do."""
    return Rejected(origin, reason, f"{origin}: {_messages()[reason].format(**facts)}")


class Unreadable(Exception):
    """Bytes or a text that cannot be used: a reason of `schemas/reasons.csv` and its facts."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts

    def at(self, origin: str) -> Rejected:
        """The rejection of the input named ORIGIN for this reason."""
        return rejected(origin, self.reason, **self.facts)
