"""A file of corrections: a YAML list, read with its line numbers, and appended to without touching the rest.

An entry names a number by its report and by `offset` (where it starts in the text) or `observation_id`; the
`field` that is wrong; what the extractor gives there (`expect`) and what is right (`value`); the `reason`,
and `who` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flows import schemas
from flows.check.values import Value, allowed, correctable, same, valued

KEYS = ("report", "offset", "observation_id", "field", "expect", "value", "reason", "who")
# What an escape such as \ud83d leaves: no text can be written with it.
_HALF = re.compile("[\ud800-\udfff]")
_REPORT = next(column.pattern for column in schemas.table("reports").columns if column.name == "report_id")


class CorrectionsError(ValueError):
    """A file of corrections cannot be used; `problems` say each with file, line and what is known instead."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Correction:
    """An entry: where it stands (`file` as it is called in messages, `line` from 1) and what it says.

    Either `offset` or `observation_id` is set.
    """

    file: str
    line: int
    report_id: str
    offset: int | None
    observation_id: str | None
    field: str
    expect: Value
    value: Value
    reason: str
    who: str

    @property
    def place(self) -> str:
        """File and line, as editors take them."""
        return f"{self.file}:{self.line}"

    @property
    def number(self) -> str:
        """The number that it is about, in words."""
        if self.offset is None:
            return f"{self.report_id}, observation {self.observation_id}"
        return f"{self.report_id}, number at {self.offset}"


def read(name: str, data: bytes) -> list[Correction]:
    """The corrections in the YAML document DATA of the file NAME. Raises CorrectionsError."""
    import yaml

    try:
        root = yaml.compose(data.decode(), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise CorrectionsError([f"{name}{line}: This is no YAML ({what})."]) from None
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise CorrectionsError(
            [f"{name}:{_line(root)}: Give a list of entries, each beginning with '- report:'."]
        )
    found: list[Correction] = []
    problems: list[str] = []
    for node in root.value:
        entry = _Entry(name, node)
        if correction := entry.correction():
            found.append(correction)
        problems += entry.problems
    if problems:
        raise CorrectionsError(problems)
    return found


def appended(name: str, old: bytes, entry: dict[str, Any]) -> bytes:
    """What has to stand behind the bytes OLD of the file NAME so that ENTRY is its last entry.

    ENTRY has the keys of KEYS that apply, with values as in the table. Raises CorrectionsError when the file
    or the entry cannot be used.
    """
    import yaml

    before = read(name, old)
    root = yaml.compose(old.decode(), Loader=yaml.SafeLoader)
    if root is not None and root.flow_style:
        raise CorrectionsError(
            [f"{name}:{_line(root)}: Write the entries as lines that begin with '- report:'."]
        )
    indent = " " * (root.start_mark.column if root is not None else 0)
    plain = {key: _plain(value) for key, value in entry.items()}
    text = yaml.safe_dump([plain], allow_unicode=True, sort_keys=False, width=10_000)
    lines = [f"{indent}{line}" for line in text.splitlines()]
    end = "\r\n" if b"\r\n" in old else "\n"
    new = (end * (bool(old) and not old.endswith(b"\n")) + end.join(lines) + end).encode()
    if read(name, old + new)[:-1] != before:
        raise CorrectionsError(
            [f"{name}: Nothing can be appended to it. Remove what stands behind its list."]
        )
    return new


def _plain(value: Any) -> Any:
    """VALUE without a decimal point where it is a whole number, so that 2040000000 is written so."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


class _Entry:
    """One entry of the file NAME being read from its YAML node; `problems` are collected."""

    def __init__(self, name: str, node: Any) -> None:
        self.name = name
        self.node = node
        self.problems: list[str] = []
        self.given: dict[str, Any] = {}

    def correction(self) -> Correction | None:
        """The correction that it says, or None when there are problems."""
        self._keys()
        if self.problems:
            return None
        self._required()
        report, offset = self._text("report") or "", self._offset()
        field = self._field()
        values = {key: self._value(key, field) for key in ("expect", "value")} if field else {}
        if field and not self.problems and same(values["expect"], values["value"]):
            self._wrong(
                "value", f"{field} is expected to be what it is corrected to: there is nothing to correct."
            )
        if field and not self.problems and (why := allowed(field, values["value"])):
            self._wrong("value", why)
        if self.problems:
            return None
        return Correction(
            file=self.name,
            line=_line(self.node),
            report_id=report,
            offset=offset,
            observation_id=self._text("observation_id"),
            field=field,
            reason=" ".join((self._text("reason") or "").split()),
            who=" ".join((self._text("who") or "").split()),
            **values,
        )

    def _wrong(self, key: str, what: str) -> None:
        line = _line(self.given.get(key, self.node))
        self.problems.append(f"{self.name}:{line}: {what}")

    def _keys(self) -> None:
        import yaml

        if not isinstance(self.node, yaml.MappingNode):
            self._wrong("", f"An entry is a list of {', '.join(KEYS)}.")
            return
        for key, value in self.node.value:
            where = f"{self.name}:{_line(key)}"
            name = str(key.value)
            if name not in KEYS:
                self.problems.append(f"{where}: {name!r} is not known; known: {', '.join(KEYS)}.")
            elif name in self.given:
                self.problems.append(f"{where}: {name} is given twice.")
            elif not isinstance(value, yaml.ScalarNode):
                self.problems.append(f"{where}: {name} is one text or number, and no list.")
            elif half := _HALF.search(value.value):
                said = f"{name} has half of a character ({half[0]!a}). Write the character itself"
                self.problems.append(f"{self.name}:{_line(value)}: {said}, not its code.")
            else:
                self.given[name] = value

    def _required(self) -> None:
        missing = [
            key for key in ("report", "field", "expect", "value", "reason", "who") if key not in self.given
        ]
        if missing:
            self._wrong("", f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
        if ("offset" in self.given) == ("observation_id" in self.given):
            self._wrong("", "Name the number by offset or by observation_id, one of both.")
        for key in ("report", "observation_id", "reason", "who"):
            if key in self.given and not (self._text(key) or "").strip():
                self._wrong(key, f"{key} is empty.")
        report = self._text("report") or ""
        if report and not (re.search(_REPORT, report) and report[:6] in schemas.regions()):
            self._wrong("report", f"{report!r} is no report; write region code and year, like 410800-2016.")

    def _text(self, key: str) -> str | None:
        node = self.given.get(key)
        return None if node is None or node.tag.endswith(":null") else str(node.value)

    def _offset(self) -> int | None:
        text = self._text("offset")
        if text is not None and not (text.isascii() and text.isdigit()):
            self._wrong("offset", f"offset {text!r} is no number of characters from 0.")
            return None
        return None if text is None else int(text)

    def _field(self) -> str:
        field = self._text("field") or ""
        if field and field not in correctable():
            self._wrong("field", f"field {field!r} cannot be corrected; known: {', '.join(correctable())}.")
            return ""
        return field

    def _value(self, key: str, field: str) -> Value:
        try:
            return valued(field, self._text(key))
        except ValueError as error:
            self._wrong(key, f"{key}: {error}")
            return None
