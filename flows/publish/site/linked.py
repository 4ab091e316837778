"""schema.org/Dataset for search engines, the sitemap, and the file for robots."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup

from flows.publish.made import KEYWORDS, LICENSE, PUBLISHER
from flows.publish.site.words import LANGUAGES, TAGS

Facts = Mapping[str, Any]
_MEDIA = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "json": "application/json",
    "gz": "application/gzip",
    "dta": "application/x-stata-dta",
}


def dataset(language: str, name: str, description: str, address: str, **given: Any) -> Markup:
    """A Dataset as JSON-LD for a page; ADDRESS is that of the page, GIVEN are further properties."""
    found: dict[str, Any] = {"@context": "https://schema.org/", "@type": "Dataset", "name": name}
    found |= {"description": description, "inLanguage": TAGS[language], "license": LICENSE}
    found |= {"isAccessibleForFree": True, "keywords": list(KEYWORDS)}
    found |= {"creator": {"@type": "Organization", "name": PUBLISHER}}
    found |= {"url": address} if address else {}
    return data(found | given)


def downloads(files: Mapping[str, Facts], folder: str) -> list[dict[str, Any]]:
    """The FILES of a release as DataDownloads; FOLDER is their address."""
    return [
        {
            "@type": "DataDownload",
            "name": name,
            "encodingFormat": _MEDIA[kind],
            "contentUrl": f"{folder}/{name}",
            "contentSize": f"{facts['bytes']} B",
            "sha256": facts["sha256"],
        }
        for name, facts in sorted(files.items())
        if (kind := name.rsplit(".", 1)[-1]) in _MEDIA
        and name.split(".")[0] in ("observations", "panel", "targets", "reports", "texts")
    ]


def data(value: Any) -> Markup:
    """VALUE as JSON that can stand in a script element, whatever is in its texts."""
    text = json.dumps(value, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def sitemap(address: str, pages: Iterable[tuple[str, str]]) -> str:
    """The sitemap of PAGES: the path, and the day that last changed it."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    )
    for path, day in pages:
        own = path.split("/", 1)[1]
        pairs = [(TAGS[one], escape(f"{address}{one}/{own}")) for one in LANGUAGES]
        others = "".join(f'<xhtml:link rel="alternate" hreflang="{tag}" href="{to}"/>' for tag, to in pairs)
        lines.append(f"<url><loc>{escape(address + path)}</loc><lastmod>{day}</lastmod>{others}</url>")
    return "\n".join([*lines, "</urlset>"]) + "\n"
