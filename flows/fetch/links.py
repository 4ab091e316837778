"""Links: which documents a source has, one small class for each kind.

A finder gives the index pages that have to be asked for (`first`), and reads each (`parse`): the links it
holds and the index pages that follow. A source without index pages says its links itself (`known`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from urllib.parse import quote

from flows.fetch.addresses import joined
from flows.fetch.sources import Source

_DATE = re.compile(r"(20\d\d|19\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})")
_MOST_LINKS = 20_000


@dataclass(frozen=True, slots=True)
class Link:
    """A document: its address, the title and date (ISO 8601) beside the link, and the year of the report."""

    address: str
    title: str = ""
    date: str = ""
    year: int | None = None
    name: str = ""

    def told(self) -> dict[str, Any]:
        """The fields that are known, as JSON."""
        return {name: value for name, value in asdict(self).items() if value}


class Finder(Protocol):
    """What finds the links of a source."""

    def first(self) -> list[str]:
        """The addresses of the index pages."""

    def known(self) -> Iterator[Link]:
        """The links that the source's entry says itself."""

    def parse(self, text: str, address: str) -> list[Link]:
        """The links on the index page TEXT, which came from ADDRESS."""


@dataclass(frozen=True, slots=True)
class Urls:
    """The documents are named one by one."""

    source: Source

    def first(self) -> list[str]:
        return []

    def known(self) -> Iterator[Link]:
        for address in self.source.addresses:
            yield _link(self.source, address, "") or Link(address)

    def parse(self, text: str, address: str) -> list[Link]:
        return []


@dataclass(frozen=True, slots=True)
class MediaWiki:
    """Pages of a wiki whose titles follow a pattern with {year}; their raw text is asked for."""

    source: Source

    def first(self) -> list[str]:
        return []

    def known(self) -> Iterator[Link]:
        for pattern in self.source.addresses:
            for year in self.source.years:
                title = pattern.rpartition("title=")[2].partition("&")[0].format(year=year)
                address = pattern.replace(pattern.rpartition("title=")[2].partition("&")[0], quote(title))
                yield Link(address, title, "", year, f"{title}.wiki")

    def parse(self, text: str, address: str) -> list[Link]:
        return []


@dataclass(frozen=True, slots=True)
class Listing:
    """Index pages with links to articles, and further pages by number."""

    source: Source

    def first(self) -> list[str]:
        more = [self.source.page.format(n=n) for n in range(1, self.source.pages)] if self.source.page else []
        return [*self.source.addresses, *more]

    def known(self) -> Iterator[Link]:
        yield from ()

    def parse(self, text: str, address: str) -> list[Link]:
        from lxml import etree, html
        from lxml.cssselect import CSSSelector

        try:
            root = html.document_fromstring(text)
        except (etree.ParserError, ValueError):
            return []
        found: list[Link] = []
        for node in CSSSelector(self.source.item)(root)[:_MOST_LINKS]:
            around = node.getparent()
            beside = around.text_content() if around is not None else ""
            title = node.get("title") or node.text_content()
            link = _link(self.source, joined(address, node.get("href") or ""), title, _date(beside))
            if link is not None and link.address not in {one.address for one in found}:
                found.append(link)
        return found


@dataclass(frozen=True, slots=True)
class Feed:
    """RSS, Atom or a sitemap."""

    source: Source

    def first(self) -> list[str]:
        return list(self.source.addresses)

    def known(self) -> Iterator[Link]:
        yield from ()

    def parse(self, text: str, address: str) -> list[Link]:
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
        root = etree.fromstring(text.encode(), parser)
        found: list[Link] = []
        for node in [] if root is None else root.iter("{*}item", "{*}entry", "{*}url"):
            parts = {etree.QName(part).localname: part for part in node if isinstance(part.tag, str)}
            part = parts.get("link", parts.get("loc"))
            target = "" if part is None else part.get("href") or part.text or ""
            title = "" if "title" not in parts else parts["title"].text or ""
            moment = next((parts[name].text or "" for name in _MOMENTS if name in parts), "")
            link = _link(self.source, joined(address, target), title, _date(moment))
            if link is not None:
                found.append(link)
        return found[:_MOST_LINKS]


_MOMENTS = ("published", "updated", "pubDate", "lastmod", "date")
_FINDERS: dict[str, Callable[[Source], Finder]] = {
    "urls": Urls,
    "listing": Listing,
    "feed": Feed,
    "mediawiki": MediaWiki,
}


def finder(source: Source) -> Finder:
    """The finder of SOURCE, by its kind."""
    return _FINDERS[source.kind](source)


def attached(source: Source, page: str, address: str) -> list[str]:
    """The addresses of the files that the article PAGE at ADDRESS links to."""
    from lxml import etree, html

    try:
        root = html.document_fromstring(page)
    except (etree.ParserError, ValueError):
        return []
    links = [joined(address, node.get("href") or "") for node in root.iter("a")]
    return [link for link in dict.fromkeys(links) if re.search(source.attachments, link, re.I)]


def _link(source: Source, address: str, title: str, date: str = "") -> Link | None:
    """A link, if its address and title are of the kind that the source has."""
    title = " ".join(title.split())
    if not address.startswith(("http://", "https://")) or not re.search(source.link, address):
        return None
    about = re.search(source.about, title) if title else None
    if title and source.about and about is None:
        return None
    year = about.groupdict().get("year") if about else None
    return Link(address.partition("#")[0], title, date, int(year) if year and year.isdecimal() else None)


def _date(text: str) -> str:
    """The first date in TEXT as ISO 8601, empty when there is none."""
    from email.utils import parsedate_to_datetime

    match = _DATE.search(text)
    if match:
        return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (TypeError, ValueError):
        return ""
