"""Charts: Vega-Lite specifications, drawn when the site is built.

A page carries the drawing, not the data and a library of a megabyte that draws it: it needs no script,
prints, and takes its colours from the style sheet by the names of the marks. The specification lies beside
for those who want to draw it otherwise. `vl_convert` is imported here alone, and only when there is
something to draw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

Spec = dict[str, Any]
Point = Mapping[str, Any]
FEWEST = 3
"""With fewer points a chart says less than the table beneath it."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_LABELLED = re.compile(r'<path ([^>]*?)aria-label="([^"]*)"([^>]*?)/>')
_NOISE = re.compile(r' (?:aria-roledescription|role|aria-hidden)="[^"]*"')
_WIDTH = 640
_CONFIG = {
    "view": {"stroke": None},
    "font": "sans-serif",
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "domain": False,
             "ticks": False, "labelPadding": 6},
}  # fmt: skip


def over_years(points: Sequence[Point], title: str) -> Spec:
    """Lines of regions over the years; TITLE names the axis.

    A point has `year`, `value`, `region`, `own` (the country, which stands out), `label` and `href`.
    """
    years = sorted({point["year"] for point in points})
    x: Spec = {
        "field": "year",
        "type": "quantitative",
        "title": None,
        "scale": {"nice": False, "padding": 12},
    }
    x["axis"] = {"format": "d", "grid": False, "tickMinStep": 1, "tickCount": 8, "labelOverlap": True}
    if len(years) < 8:
        x["axis"]["values"] = years
    y: Spec = {"field": "value", "type": "quantitative", "title": title, "scale": {"zero": False}}
    y["axis"] = {"tickCount": 5, "titleAnchor": "end", "titleAngle": 0, "titleAlign": "left", "titleY": -10}
    shared: Spec = {"x": x, "y": y, "detail": {"field": "region"}}
    told: Spec = {"description": {"field": "told"}}
    layers = []
    for name, own in (("others", False), ("own", True)):
        where = [{"filter": f"datum.own === {str(own).lower()}"}]
        line = {"type": "line", "strokeWidth": 2 if own else 1, "aria": False}
        dot = {"type": "point", "filled": True, "size": 46 if own else 26, "opacity": 1}
        layers.append({"name": f"{name}_line", "transform": where, "mark": line, "encoding": shared})
        layers.append({"name": name, "transform": where, "mark": dot, "encoding": shared | told})
    return _spec(points, {"layer": layers}, _WIDTH, 260)


def against_targets(points: Sequence[Point], title: str) -> Spec:
    """One line per region: the target as a ring, what was reached as a dot.

    A point has `region`, `kind` (target or reached), `value`, `label` and `href`; a line joins the two.
    """
    order = [point["region"] for point in sorted(points, key=_by_reached)]
    y: Spec = {"field": "region", "type": "nominal", "title": None, "sort": list(dict.fromkeys(order))}
    y["axis"] = {"grid": True, "labelLimit": 160}
    x: Spec = {"field": "value", "type": "quantitative", "title": title}
    x["scale"] = {"zero": False, "padding": 12}
    x["axis"] = {"grid": False, "tickCount": 6}
    shared: Spec = {"x": x, "y": y}
    layers: list[Spec] = [
        {"name": "distance", "mark": {"type": "line", "strokeWidth": 1.5, "aria": False},
         "encoding": shared | {"detail": {"field": "region"}}},
    ]  # fmt: skip
    for kind, mark in (("target", {"filled": False, "strokeWidth": 1.6}), ("reached", {"filled": True})):
        layers.append(
            {
                "name": kind,
                "transform": [{"filter": f"datum.kind === '{kind}'"}],
                "mark": {"type": "point", "size": 70, "opacity": 1, **mark},
                "encoding": shared | {"description": {"field": "told"}},
            }
        )
    return _spec(points, {"layer": layers}, _WIDTH - 120, 24 * len(set(order)))


def drawn(spec: Spec) -> Markup:
    """The chart as SVG for a page; each mark has its label as a title and leads to where `href` says.

    It is hidden from readers of screens, who have the table beneath it.
    """
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(spec))
    svg = _NOISE.sub("", _LABELLED.sub(_linked, svg))
    size = re.match(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', svg)
    assert size, "vl-convert draws an SVG with a viewBox"
    head = f'<svg viewBox="{size[1]}" aria-hidden="true" focusable="false">'
    return Markup(head + svg[size.end() :])


def _linked(match: re.Match[str]) -> str:
    """A mark whose description is `HREF LABEL`, as a link with a title. Both come escaped from Vega."""
    href, _, label = match[2].partition(" ")
    return f'<a href="{href}" tabindex="-1"><path {match[1]}{match[3]}><title>{label}</title></path></a>'


def _spec(points: Sequence[Point], layers: Spec, width: int, height: int) -> Spec:
    values = [{**point, "told": f"{point['href']} {point['label']}"} for point in points]
    return {
        "$schema": _SCHEMA,
        "background": None,
        "padding": {"left": 12, "right": 12, "top": 18, "bottom": 4},
        "width": width,
        "height": height,
        "config": _CONFIG,
        "data": {"values": values},
        **layers,
    }


def _by_reached(point: Point) -> tuple[float, str]:
    return (-point["value"] if point["kind"] == "reached" else float("inf"), point["region"])


def caption(text: str) -> Markup:
    """TEXT as the caption of a figure."""
    return Markup(f"<figcaption>{escape(text)}</figcaption>")
