"""What is known of a release: the one model that every description of it is rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.publish.changes import Counts

TITLE = "Baogao: what the government work reports of China say, number by number"
ABOUT = (
    "Every quantity that the government work reports of China state, with its indicator, measure, period and "
    "unit, and with the sentence and the place in the text where it stands."
)
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
PUBLISHER = "The Baogao contributors"
KEYWORDS = ("China", "government work report", "政府工作报告", "indicators", "targets")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of a release before its metadata are written.

    `created` is the time in ISO 8601, `rows` are counted by table, `changes` by table against `previous`.
    `gate` says what spoke against publishing, `forced` why it was published all the same; `software` is the
    version of Baogao.
    """

    version: str
    previous: str | None
    created: str
    inputs: str
    rows: Mapping[str, int]
    changes: Mapping[str, Counts]
    findings: Mapping[str, int]
    gate: tuple[str, ...] = ()
    forced: str = ""
    software: str = ""
