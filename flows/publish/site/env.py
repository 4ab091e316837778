"""Templates, and what they call. All that is shown is escaped; what could disturb it is made visible.

Control characters and those that turn the direction of writing are shown as �; texts from outside stand in
`<bdi>`, so that they cannot change the order of what stands around them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from markupsafe import Markup, escape

from flows.publish.site import words

if TYPE_CHECKING:
    from jinja2 import Environment

CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# What a page is allowed to load: what lies beside it. Nothing of this can be said by a text of a report.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)
_LONGEST = 400


def clean(text: str) -> str:
    """TEXT of the same length, with � for each character that steers instead of being shown."""
    return CONTROL.sub("\ufffd", text)


def cut(text: str, most: int = _LONGEST) -> str:
    """TEXT, or its beginning where it has more than MOST characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def around(text: str, needle: str, most: int = _LONGEST) -> str:
    """TEXT, or the stretch of it around NEEDLE where it has more than MOST characters."""
    if len(text) <= most:
        return text
    start = max(0, min(text.find(needle), len(text) - most // 2) - most // 2)
    return ("…" if start else "") + cut(text[start:], most)


def outside(text: object, most: int = _LONGEST) -> Markup:
    """TEXT from outside, cut, cleaned, escaped, and kept from turning what stands around it."""
    return Markup(f"<bdi>{escape(clean(cut(str(text), most)))}</bdi>")


def at(observation_id: str) -> str:
    """The address of an observation below the folder of a language."""
    return f"report/{report_of(observation_id)}.html#{observation_id}"


def report_of(observation_id: str) -> str:
    """The report that an observation stands in: its key begins with that of the report."""
    return "-".join(observation_id.split("-")[:2])


def page(name: str, language: str, path: str, given: Mapping[str, Any]) -> str:
    """The page PATH (below the folder of LANGUAGE) made with the template NAME."""
    deep = path.count("/")
    own: dict[str, Any] = {"lang": language, "tag": words.TAGS[language], "path": path, "base": "../" * deep}
    own |= {"up": "../" * (deep + 1), "other": "en" if language == "zh" else "zh", "policy": POLICY}
    own |= {"t": partial(_said, language), "value": lambda row: words.value(row, language)}
    own |= {"amount": lambda value, unit: words.amount(value, unit, language)}
    own |= {"status": partial(_sign, "s", language), "result": partial(_sign, "r", language)}
    own |= {"period": lambda text: words.period(text, language)}
    own |= {"region": lambda code, name="": words.region(code, language, name)}
    own |= {"indicator": lambda code: words.indicator(code, language)}
    return str(_environment().get_template(name).render(**own, **given))


def plain(name: str, **given: Any) -> str:
    """The template NAME without what pages of a language have."""
    return str(_environment().get_template(name).render(**given))


def _said(language: str, sentence: str, **given: object) -> str:
    return words.said(sentence, language, **given)


@cache
def _sign(kind: str, language: str, word: str) -> Markup:
    """A status or a result as a word with a sign, which the style sheet adds."""
    return Markup(f'<span class="{kind} {kind}-{escape(word)}">{escape(words.said(word, language))}</span>')


def _shown(value: Any) -> Any:
    """What a template puts out: a text without what would steer the page."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("flows.publish.site"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters |= {"bdi": outside, "num": words.number, "cut": cut, "readable": unquote}
    made.globals |= {"at": at}
    return made
