"""The kinds of parameters that the flows take: Prefect checks them before a run and shows what they mean."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Root = Annotated[str, Field(min_length=1, description="Output root; default: BAOGAO_OUTPUT, else output")]
Place = Annotated[str, Field(min_length=1, description="A file, a folder or an http(s) address")]
Region = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", description="GB/T 2260 code; overrides what the text says")
]
Year = Annotated[int, Field(ge=1949, le=2100, description="Year of the report; overrides what the text says")]
Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9-]+$",
        description="A source; all: the enabled ones that are due; enabled: due or not",
    ),
]
Reason = Annotated[
    str, Field(min_length=10, max_length=500, description="Why the gate is overruled, in a sentence")
]
