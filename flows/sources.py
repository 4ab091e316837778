"""Where reports come from: the entries of `schemas/sources.yaml`, by name."""

from __future__ import annotations

from flows import schemas
from flows.settings import settings


class SourceError(ValueError):
    """There is no such source; the message lists the known ones."""


def source_paths(name: str) -> list[str]:
    """The paths that the source NAME stands for. Raises SourceError when there is none of that name."""
    sources = {source["name"]: source for source in schemas.document("sources.yaml")["sources"]}
    if name not in sources:
        raise SourceError(
            f"There is no source {name!r} in schemas/sources.yaml; known: {', '.join(sources)}."
        )
    return [sources[name]["path"].format(schemas=schemas.folder(), inbox=settings().inbox)]
