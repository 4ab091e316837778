"""Semantic Versioning for data: the next version is computed from the difference to the last one.

MAJOR when a field is renamed, added, removed, reordered or retyped, a constraint is tightened, or a file is
gone; MINOR when rows, files or codes are added; PATCH when values or descriptions are corrected or rows are
removed and nothing is added. Rows of the quarantine and of the corrections are no data; new ones are a PATCH.
The rules are those of the Data Package recipe "Data Package Version".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flows.publish.changes import Counts

FIRST = "1.0.0"
Size = Literal["major", "minor", "patch"]
_NO_DATA = ("quarantine", "corrections")
_SIZES: tuple[Size, ...] = ("major", "minor", "patch")
_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is a new version: how large the difference is, and what it is, in words."""

    size: Size
    text: str


def parsed(version: str) -> tuple[int, int, int] | None:
    """The three numbers of VERSION, or None when it is no version."""
    match = _VERSION.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def next_version(previous: str, reasons: Iterable[Reason]) -> str | None:
    """The version that follows PREVIOUS for REASONS; None when there are none."""
    sizes = {reason.size for reason in reasons}
    major, minor, patch = parsed(previous) or (0, 0, 0)
    if "major" in sizes:
        return f"{major + 1}.0.0"
    if "minor" in sizes:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if sizes else None


def reasons(
    old: list[dict[str, Any]], new: list[dict[str, Any]], counts: Mapping[str, Counts]
) -> list[Reason]:
    """All differences between two releases: their Data Package resources, and the rows by table.

    The largest come first.
    """
    found = [*_of_resources(old, new), *_of_rows(counts)]
    return sorted(found, key=lambda reason: _SIZES.index(reason.size))


def _of_rows(counts: Mapping[str, Counts]) -> Iterator[Reason]:
    for table, count in counts.items():
        for kind in ("added", "removed", "changed"):
            if number := getattr(count, kind):
                size: Size = "minor" if kind == "added" and table not in _NO_DATA else "patch"
                yield Reason(size, f"{table}: {number} row{'s' * (number > 1)} {kind}")


def _of_resources(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Reason]:
    before, after = ({one["name"]: one for one in resources} for resources in (old, new))
    for name in before:
        if name not in after:
            yield Reason("major", f"{before[name]['path']}: file removed")
    for name, resource in after.items():
        if name not in before:
            yield Reason("minor", f"{resource['path']}: file added")
            continue
        # An empty JSON file has no schema to compare; the same table as Parquet always has.
        if "schema" in resource and "schema" in before[name]:
            yield from _of_schemas(name, before[name]["schema"], resource["schema"])
        if any(before[name].get(text) != resource.get(text) for text in ("title", "description")):
            yield Reason("patch", f"{name}: described anew")


def _of_schemas(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    before, after = ([field["name"] for field in schema["fields"]] for schema in (old, new))
    if before != after:
        gone, come = [field for field in before if field not in after], [f for f in after if f not in before]
        what = [f"removed {', '.join(gone)}"] * bool(gone) + [f"added {', '.join(come)}"] * bool(come)
        yield Reason("major", f"{name}: fields {'; '.join(what) or 'in another order'}")
    if old.get("primaryKey") != new.get("primaryKey"):
        yield Reason("major", f"{name}: another primary key")
    foreign = [key for key in new.get("foreignKeys", []) if key not in old.get("foreignKeys", [])]
    if foreign:
        yield Reason("major", f"{name}: codes of {foreign[0]['fields'][0]} must now be in their list")
    known = {field["name"]: field for field in old["fields"]}
    for field in new["fields"]:
        if field["name"] in known:
            yield from _of_fields(f"{name}.{field['name']}", known[field["name"]], field)


def _of_fields(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Reason]:
    for kind in ("type", "arrowType"):
        if old.get(kind) != new.get(kind):
            yield Reason("major", f"{name}: {old.get(kind)} is now {new.get(kind)}")
    before, after = old.get("constraints", {}), new.get("constraints", {})
    for constraint in dict.fromkeys([*before, *after]):
        left, right = before.get(constraint), after.get(constraint)
        if left != right:
            size = _of_constraint(constraint, left, right)
            yield Reason(size, f"{name}: {constraint} was {left} and is {right}")
    if old.get("description") != new.get("description"):
        yield Reason("patch", f"{name}: described anew")


def _of_constraint(name: str, old: Any, new: Any) -> Size:
    """How large a change of the constraint NAME from OLD to NEW is; None stands for no constraint."""
    if name == "enum" and old and new:
        return "major" if set(old) - set(new) else "minor"
    if name == "minimum" and old is not None and new is not None:
        return "major" if new > old else "patch"
    if name == "maximum" and old is not None and new is not None:
        return "major" if new < old else "patch"
    return "patch" if new is None else "major"
