"""`baogao sources …`: what sources there are, whether their entries hold, and what is held of them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import click

from flows.terminal import Progress, output_root, print_json, print_table

_OUTPUT = click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")
_MOMENTS = ("asked", "last_success", "last_new_report")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")


@click.group("sources", invoke_without_command=True)
@_OUTPUT
@_JSON
@click.pass_context
def group(context: click.Context, output: str | None, as_json: bool) -> None:
    """The sources in schemas/sources.yaml: what each is, and how it did when it was asked last."""
    if context.invoked_subcommand:
        return
    from flows.fetch import asked

    store = _store(output)
    rows: list[dict[str, Any]] = []
    for one in _sources().values():
        did = asked(store, one)
        known = {"name": one.name, "kind": one.kind, "enabled": one.enabled}
        moments = dict(zip(_MOMENTS, (did.asked_at, did.well_at, did.new_at), strict=True))
        rows.append(
            {**known, **moments, "documents": did.documents, "health": did.health, "title": one.title}
        )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["enabled"] = "on" if row["enabled"] else "off"
        row |= {key: row[key][:16].replace("T", " ") or None for key in _MOMENTS}
    print_table(rows)


@click.command()
@click.option("--source", "name", metavar="NAME", help="One source; otherwise all that are on and due.")
@click.option(
    "--since",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Leave out what a source dates earlier than DATE (2026-01-31).",
)
@click.option("--dry-run", is_flag=True, help="Ask for index pages only, and list the documents.")
@_OUTPUT
def fetch(name: str | None, since: datetime | None, dry_run: bool, output: str | None) -> None:
    """Fetch what sources have, and nothing else: the next run extracts and publishes it."""
    from flows import read
    from flows.fetch import Reader, captures, due, known_links
    from flows.model import Rejected
    from flows.summary import line

    store, known, progress = _store(output), _sources(), Progress()
    if name is not None and name not in known:
        raise click.UsageError(f"There is no source {name!r}; known: {', '.join(known)}.")
    wanted = [known[name]] if name else due(store)
    reader = Reader(read.page_text, read.report_texts)
    day, failed = since.date() if since else None, False
    for one in wanted:
        had = new = 0
        if dry_run and one.kind == "folder":
            click.echo(f"{one.name}: {' '.join(one.paths())}")
            continue
        begun = datetime.now(UTC).isoformat(timespec="microseconds")
        for found in (known_links if dry_run else captures)(one, store, reader, day):
            if isinstance(found, Rejected):
                click.echo(f"rejected: {line(found)}", err=True)
                failed = True
            elif isinstance(found, tuple):
                link, before = found
                click.echo(
                    "  ".join(
                        filter(None, ["known" if before else "new  ", link.date, link.address, link.title])
                    )
                )
            else:
                had, new = had + 1, new + (found.captured_at >= begun)
                progress(one.name, had, 0)
        if not dry_run:
            progress(one.name, had, had)
            click.echo(f"{one.name}: {had} documents, {new} of them new")
    if not wanted:
        click.echo("No source is on and due. See: baogao sources")
    sys.exit(1 if failed else 0)


@group.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def test(names: tuple[str, ...]) -> None:
    """Run the tests of the sources' entries, without asking anybody."""
    known = _sources()
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise click.UsageError(f"There is no source {unknown[0]!r}; known: {', '.join(known)}.")
    wrong = 0
    for one in [known[name] for name in names] or known.values():
        faults = [fault for test in one.tests for fault in _faults(one, test)]
        wrong += len(faults)
        said = "\n  ".join(faults) if faults else f"{len(one.tests)} tests hold"
        click.echo(f"{one.name}: {said}")
    sys.exit(1 if wrong else 0)


@group.command("held")
@_OUTPUT
def held_(output: str | None) -> None:
    """List the documents that shrank by more than a third and wait for somebody to look at them."""
    from flows.fetch.documents import held

    for state in held(_store(output)):
        click.echo(
            f"{state['address']}: {state['chars']} to {state['held_chars']} characters, {state['held']}"
        )


@group.command()
@click.argument("address")
@_OUTPUT
def accept(address: str, output: str | None) -> None:
    """Let the held document of ADDRESS be used from the next run on."""
    from flows.fetch.documents import accept

    try:
        accept(_store(output), address)
    except KeyError:
        raise click.ClickException(f"Nothing is held for {address}. See: baogao sources held") from None
    click.echo(f"{address}: will be used when its source is asked next")


def _sources() -> Any:
    from flows.fetch.sources import SourceError, sources

    try:
        return sources()
    except SourceError as error:
        raise click.UsageError(str(error)) from None


def _store(output: str | None) -> Any:
    from flows.store import Store

    return Store(output_root(output))


def _faults(source: Any, test: dict[str, Any]) -> list[str]:
    """What a test of an entry expects and does not get."""
    from flows.fetch.links import finder
    from flows.read import first_words

    address = test.get("address") or source.addresses[0]
    faults = []
    if "links" in test:
        found = [link.told() for link in finder(source).parse(test["input"], address)]
        if found != test["links"]:
            faults.append(f"links are {found}, expected {test['links']}")
    known = next((link.name for link in finder(source).known() if link.address.endswith("raw")), "")
    words, told = first_words(test["input"], known or "page.html")
    for name in ("title", "date"):
        if name in test and told.get(name) != test[name]:
            faults.append(f"{name} is {told.get(name)!r}, expected {test[name]!r}")
    if "first_words" in test and not words.startswith(test["first_words"]):
        faults.append(f"first words are {words[:40]!r}, expected {test['first_words']!r}")
    return faults
