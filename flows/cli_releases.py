"""`baogao verify`, `diff` and `yank`: releases that are there."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import click

from flows.terminal import known_release, output_root, print_json

_OUTPUT = click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
_FEW = 20


@click.command()
@click.argument("version", required=False)
@_OUTPUT
@_JSON
def verify(version: str | None, output: str | None, as_json: bool) -> None:
    """Check a release (default: the latest): hashes, columns, metadata, and every row against its text."""
    from flows.check.invariants import broken
    from flows.publish import audit

    store = _store(output)
    chosen = _there(store, version)
    faults = list(audit.faults(store, chosen)) or list(audit.broken_rows(store, chosen, broken))
    if as_json:
        print_json({"version": chosen, "faults": faults})
    else:
        for fault in faults[:_FEW]:
            click.echo(fault)
        if len(faults) > _FEW:
            click.echo(f"… {len(faults) - _FEW:,} more: --json has all")
        click.echo(f"{chosen}: {len(faults)} faults" if faults else f"{chosen} is whole, and is what it says")
    sys.exit(1 if faults else 0)


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--table", metavar="NAME", help="One table only.")
@click.option(
    "--parquet",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write all of them to FILE, as Parquet.",
)
@_OUTPUT
@_JSON
def diff(old: str, new: str, table: str | None, file: str | None, output: str | None, as_json: bool) -> None:
    """Print how release NEW differs from OLD: rows added, removed and changed, by table."""
    from flows.publish import PublishError, audit
    from flows.publish.tables import NAMES

    store = _store(output)
    one, other = known_release(store, old), known_release(store, new)
    if table is not None and table not in NAMES:
        raise click.UsageError(f"There is no table {table!r}; known: {', '.join(NAMES)}.")
    try:
        changes = list(audit.differences(store, one, other, table))
    except PublishError as error:
        raise click.ClickException(str(error)) from None
    if file:
        audit.write_differences(changes, file)
    if as_json:
        print_json({"old": one, "new": other, "changes": changes})
        return
    counts = Counter((change["table"], change["change"]) for change in changes)
    click.echo(f"{one} to {other}: {len(changes):,} rows differ")
    for (name, kind), count in sorted(counts.items()):
        click.echo(f"  {name}: {count:,} {kind}")
    for change in changes[:_FEW]:
        pairs = change["fields"].items()
        fields = "; ".join(f"{name}: {_short(was)} → {_short(now)}" for name, (was, now) in pairs)
        click.echo(f"{change['change']:8} {change['table']} {change['key']}  {fields}".rstrip())
    if len(changes) > _FEW:
        click.echo(f"… {len(changes) - _FEW:,} more: --json or --parquet FILE has all")


@click.command()
@click.argument("version")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is published.")
@_OUTPUT
def yank(version: str, reason: str, output: str | None) -> None:
    """Withdraw a release: it stays listed with the reason, and is no longer the latest."""
    from flows.publish import PublishError, pages, releases

    store = _store(output)
    if len(reason.strip()) < 10:
        raise click.UsageError("Give the reason in a sentence.")
    moment = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    try:
        with store.lock("publish"):
            latest = releases.yank(store, version, reason.strip(), moment)
    except PublishError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"{version} is withdrawn; the latest release is {latest or 'none'}")
    if problem := pages(store, latest or version, always=True):
        raise click.ClickException(problem)


def _store(output: str | None) -> Any:
    from flows.store import Store

    return Store(output_root(output))


def _there(store: Any, version: str | None) -> str:
    """VERSION, or what `latest.json` names, be it complete or not; a usage error when it is not there."""
    from flows.publish import releases

    pointer = releases.pointer(store)
    chosen = version or str(pointer and pointer["version"])
    return chosen if chosen in store.folders(releases.RELEASES) else known_release(store, version)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"
