"""Sources: the entries of `schemas/sources.yaml`, validated against `schemas/sources.schema.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows import schemas
from flows.settings import settings


class SourceError(ValueError):
    """A source that is not there or described wrongly; the message says where, and what would be right."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source.

    `kind` is `folder` (with `path`), `urls`, `listing`, `feed` or `mediawiki` (with `addresses`). A link
    counts when its address matches `link` and its title `about`, whose group `year` gives the year of the
    report; `item` is the CSS selector of links on index pages, `page` the address of the n-th further one
    with `pages` of them; `attachments` matches the links of files on an article's page. `every` are the
    hours after which a source is asked again by a run over all of them. `region` and `year` override what
    the texts say. `listed` is False for one that a user named by its addresses and that is in no file.
    """

    name: str
    title: str
    kind: str
    enabled: bool = True
    region: str | None = None
    reuse: str = ""
    every: int = 24
    path: str = ""
    addresses: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    item: str = "a"
    link: str = ""
    about: str = ""
    page: str = ""
    pages: int = 1
    attachments: str = r"\.(?:pdf|docx?|zip)$"
    hosts: tuple[str, ...] = ()
    interval: float = 2.0
    allow_private: bool = False
    tests: tuple[dict[str, Any], ...] = ()
    year: int | None = None
    listed: bool = True

    @property
    def allowed(self) -> frozenset[str]:
        """The hosts that may be asked: those named, and those of the addresses."""
        return frozenset({*self.hosts, *(urlsplit(address).netloc.lower() for address in self.addresses)})

    def paths(self) -> list[str]:
        """The folder of a source of the kind `folder`, with {schemas} and {inbox} filled in."""
        return [self.path.format(schemas=schemas.folder(), inbox=settings().inbox)]


def sources_file() -> Path:
    """The file of sources: BAOGAO_SOURCES, else schemas/sources.yaml."""
    return Path(settings().sources) if settings().sources else schemas.folder() / "sources.yaml"


def sources(file: Path | None = None) -> dict[str, Source]:
    """All sources by name, in the order of the file; the default is that of `sources_file`.

    Raises SourceError with file, line, what is wrong and an example of what is right.
    """
    return _read(file or sources_file())


def source(name: str) -> Source:
    """The source NAME. Raises SourceError listing the known ones."""
    known = sources()
    if name not in known:
        raise SourceError(f"There is no source {name!r} in {sources_file()}; known: {', '.join(known)}.")
    return known[name]


@cache
def _read(file: Path) -> dict[str, Source]:
    import yaml
    from jsonschema import Draft202012Validator, FormatChecker

    try:
        text = file.read_text("utf-8")
        given, nodes = yaml.safe_load(text), yaml.compose(text)
    except (OSError, UnicodeError) as error:
        raise SourceError(f"{file}: it cannot be read ({error}).") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SourceError(f"{file}, line {line}: it is no YAML ({error.problem}).") from None
    validator = Draft202012Validator(
        schemas.document("sources.schema.yaml"), format_checker=FormatChecker(["regex"])
    )
    fault = next(iter(sorted(validator.iter_errors(given), key=lambda one: list(map(str, one.path)))), None)
    if fault is not None:
        raise SourceError(f"{file}, line {_line(nodes, fault.absolute_path)}: {_wrong(fault)}")
    found: dict[str, Source] = {}
    for index, entry in enumerate(given["sources"]):
        if entry["name"] in found:
            line = _line(nodes, ["sources", index])
            raise SourceError(f"{file}, line {line}: there are two sources named {entry['name']!r}.")
        lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
        found[entry["name"]] = Source(**{**entry, **lists})
    return found


def _line(node: Any, path: Sequence[str | int]) -> int:
    """The line, from 1, on which the value at PATH of a YAML document stands."""
    for step in path:
        if isinstance(step, int):
            node = node.value[step]
        else:
            node = next(value for key, value in node.value if key.value == step)
    return int(node.start_mark.line) + 1


def _wrong(error: Any) -> str:
    """What a fault of the schema means, with an example of what is right where the schema has one."""
    name = next((step for step in reversed(error.absolute_path) if isinstance(step, str)), "the file")
    examples = error.schema.get("examples", []) if isinstance(error.schema, dict) else []
    right = f" Right would be, for example: {name}: {examples[0]!r}." if examples else ""
    return f"{name}: {error.message[:300]}.{right}"
