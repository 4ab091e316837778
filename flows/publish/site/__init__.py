"""The catalogue: static pages of a release under `public/`, in Chinese and English.

Made from the files of the release alone, region by region and report by report, with memory that does not
grow with their number. Pages whose inputs did not change are not made again. They need no server, no network
and, for texts and tables, no script: `public/` can be served, copied to a bucket, or opened as files.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from flows import schemas
from flows.publish import releases
from flows.publish.site import catalogue, explorer, overview, places, search
from flows.publish.site.files import Built, Files, digest, shown
from flows.publish.site.making import Site
from flows.publish.site.source import Source
from flows.publish.site.spool import Spool
from flows.settings import settings
from flows.store import Store

__all__ = ["Built", "build", "is_current"]

_SCHEMAS = (
    "accuracy.json", "confidence.csv", "crosschecks.csv", "flags.csv", "indicators.csv", "region_names.csv",
    "regions.csv", "units.csv",
)  # fmt: skip


def build(store: Store, version: str, *, anew: bool = False) -> Built:
    """Brings the pages under `public/` up to date with the release VERSION; all of them when ANEW.

    The release itself is only read. A build that is killed leaves pages of both releases and is made good by
    the next one. Raises StoreError when a file cannot be read or written.
    """
    day = str(releases.provenance(store, version)["created"])[:10]
    address = settings().site_url.rstrip("/")
    files = Files(store, day, maker(), anew)
    with tempfile.TemporaryDirectory(prefix="baogao-site-") as folder, Source(store, version) as source:
        spool = Spool(Path(folder))
        site = Site(store, source, files, f"{address}/" if address else "", day)
        index = search.Index()
        known = places.write(site, spool, index)
        spool.ready()
        explorer.write(site, spool, known)
        catalogue.write(site, spool, known)
        overview.write(site, spool.counts(), known)
        index.write(files)
        spool.close()
    return files.finish(version)


def is_current(store: Store, version: str) -> bool:
    """Whether the pages are those of VERSION, made by this very code."""
    return shown(store) == (version, maker())


@cache
def maker() -> str:
    """A hash of all that makes pages: code, templates, style, words, lists, and where the site will stand."""
    folder = Path(__file__).parent
    own = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    parts = [path.read_bytes() for path in own]
    return digest(*parts, schemas.fingerprint(*_SCHEMAS), settings().site_url)
