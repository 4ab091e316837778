"""`baogao sources …`: what sources there are, whether their entries hold, and what is held of them."""

from __future__ import annotations

import sys
from typing import Any

import click

_OUTPUT = click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")


@click.group("sources")
def group() -> None:
    """The sources in schemas/sources.yaml."""


@group.command("list")
def list_() -> None:
    """List the sources: their kind, whether they are on, and their titles."""
    for one in _sources().values():
        click.echo(f"{one.name:<16} {one.kind:<10} {'on' if one.enabled else 'off':<4} {one.title}")


@group.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def check(names: tuple[str, ...]) -> None:
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
    from flows.settings import settings
    from flows.store import Store

    return Store(output or settings().output)


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
