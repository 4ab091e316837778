"""How things are shown on a terminal, or in what stands in for one."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from typing import Any

import click


def program() -> str:
    """How the command was called, so that what is suggested can be typed."""
    called = sys.argv[0]
    return "baogao" if shutil.which("baogao") == called else called


def output_root(given: str | None) -> str:
    """The output root: GIVEN, else the setting. Raises click.UsageError when a setting is wrong."""
    from flows.settings import SettingsError, settings

    try:
        default = settings().output
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    return given or default


def known_release(store: Any, version: str | None) -> str:
    """VERSION, or the latest that was not withdrawn. Raises click's errors when there is none such."""
    from flows.publish import releases

    known = releases.versions(store)
    chosen = version or releases.usable(store)
    if chosen is None:
        raise click.ClickException(f"There is no release in {store.show()}. Try: {program()} run PATH")
    if chosen not in known:
        raise click.UsageError(f"There is no release {chosen}; known: {', '.join(known) or 'none'}.")
    return chosen


def print_table(rows: Sequence[dict[str, Any]]) -> None:
    """Rows as aligned columns; a rate with four digits, nothing as a dash."""

    def cell(value: Any) -> str:
        return "-" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)

    table = [list(rows[0]), *([cell(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def print_json(value: Any) -> None:
    """VALUE as indented JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


class Progress:
    """A bar on a terminal; elsewhere a line when a step is done."""

    def __call__(self, label: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            if total and done == total:
                click.echo(f"{label} {done}/{total}", err=True)
            return
        filled = "█" * (20 * done // total if total else 0)
        count = f"{done}/{total}" if total else str(done)
        click.echo(f"\r\033[K{label:8} {filled:20} {count}", nl=bool(total and done == total), err=True)
