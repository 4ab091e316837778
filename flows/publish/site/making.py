"""What every kind of page is made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from flows import schemas
from flows.publish.site import env
from flows.publish.site.files import Files, digest
from flows.publish.site.source import Source
from flows.publish.site.words import LANGUAGES, TAGS, said
from flows.store import Store

Given = Mapping[str, Any]
MEASURES = ("level", "growth", "change", "multiple", "gap", "rank")


@dataclass(frozen=True, slots=True)
class Site:
    """A site being built: from `source` to `files`; `address` is where it will stand, empty if not known.

    `day` is that of the release (ISO).
    """

    store: Store
    source: Source
    files: Files
    address: str
    day: str

    def page(self, template: str, path: str, made_from: object, given: Callable[[str], Given]) -> None:
        """The page PATH in each language, made with TEMPLATE and what GIVEN gives for the language.

        It is made again only when MADE_FROM, plain data, is not what it was.
        """
        inputs = digest(made_from)
        for language in LANGUAGES:
            make = partial(self._page, template, path, given, language)
            self.files.put(f"{language}/{path}", inputs, make)

    def _page(self, template: str, path: str, given: Callable[[str], Given], language: str) -> str:
        other = TAGS["en" if language == "zh" else "zh"]
        shared = {"address": self.address or "../" * (path.count("/") + 1), "othertag": other}
        return env.page(template, language, path, {**shared, **given(language)})


@cache
def flag_meanings(language: str) -> dict[str, str]:
    """What each flag says, in LANGUAGE."""
    return {row["flag"]: said(row["message_en"], language) for row in schemas.rows("flags.csv")}


def with_values(row: Given) -> dict[str, Any]:
    """A row of the table `targets` with its aim, what was reached and the distance as values of their own."""
    shared = {"unit": row["unit"], "measure": row["measure"], "value_max": None}
    away = "change" if row["measure"] == "level" else "gap"
    unit = "百分点" if row["unit"] == "%" else row["unit"]
    found = {
        **row,
        "aim": {**shared, "value": row["target"], "value_max": row["target_max"], "bound": row["bound"]},
    }
    found["aim"] |= {"observation_id": row["target_observation_id"], "result": row["result"]}
    found["reached"] = found["away"] = None
    if row["actual"] is not None:
        found["reached"] = {**shared, "value": row["actual"], "bound": row["actual_bound"]}
        found["away"] = {"value": row["distance"], "unit": unit, "measure": away, "bound": "exact"}
    return found


def counted_results(rows: list[Given] | list[dict[str, Any]]) -> dict[str, int]:
    """How many of the targets ROWS were met, missed, or are not known."""
    return {one: sum(row["result"] == one for row in rows) for one in ("met", "missed", "unknown")}
