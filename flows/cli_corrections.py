"""`baogao corrections check` and `baogao correct`: what people have found wrong, and what is right."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

from flows.terminal import output_root, print_json, program

if TYPE_CHECKING:
    from flows.check.entries import Correction, CorrectionsError
    from flows.check.values import Value

_OUTPUT = click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")


@click.group("corrections")
def group() -> None:
    """The corrections in schemas/corrections.yaml and in the file that BAOGAO_CORRECTIONS names."""


@group.command()
@_OUTPUT
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
def check(output: str | None, as_json: bool) -> None:
    """Try every correction on the reports that were captured: does it still find what it expects?"""
    given = _load()
    wrong = _wrong(given, _captured(output))
    if as_json:
        print_json([{**asdict(one), "wrong": wrong.get(one)} for one in given])
        sys.exit(1 if wrong else 0)
    for one in given:
        if one not in wrong:
            click.echo(f"{one.place}: {one.number}: {one.field} holds")
    for one, why in wrong.items():
        click.echo(f"{one.place}: {why}", err=True)
    click.echo(f"{len(given)} {'correction' if len(given) == 1 else 'corrections'}, {len(wrong)} wrong.")
    sys.exit(1 if wrong else 0)


@click.command()
@click.argument("report", metavar="REPORT")
@click.argument("offset", metavar="OFFSET")
@click.option("--field", required=True, help="The column of observations that is wrong.")
@click.option("--value", required=True, help="What is right, in the base unit; empty for nothing.")
@click.option("--reason", required=True, help="Why, for everybody to read.")
@click.option("--who", help="Who says so [your login name].")
@_OUTPUT
def correct(
    report: str, offset: str, field: str, value: str, reason: str, who: str | None, output: str | None
) -> None:
    """Append a correction, which the next run applies.

    REPORT is the key of the report, OFFSET where the number starts in its text (or an observation_id).
    """
    from flows.check.corrections import meant
    from flows.check.entries import Correction, CorrectionsError, appended, read

    right = _right(field, value)
    at = int(offset) if offset.isascii() and offset.isdigit() else None
    number = {"observation_id": offset} if at is None else {"offset": at}
    name, path = _target()
    captured = _captured(output)
    rows = captured[report]() if report in captured else []
    said = {"reason": reason, "who": who or getpass.getuser()}
    asked = Correction(
        name, 0, report, at, offset if at is None else None, field, None, right, said["reason"], said["who"]
    )
    expect = next((rows[place].get(field) for place in meant(asked, rows)), None)
    asked = replace(asked, expect=expect)
    if rows and expect == right:
        raise click.ClickException(
            f"{asked.number}: {field} is {value} already. There is nothing to correct."
        )
    others = _load() if path.exists() else []
    if why := _wrong([*others, asked], captured).get(asked):
        raise click.ClickException(why)
    entry = {"report": report, **number, "field": field, "expect": expect, "value": right, **said}
    try:
        with _held(path) as file:
            old = file.read()
            new = appended(name, old, entry)
            made = read(name, old + new)[-1]
            file.write(new)
    except CorrectionsError as error:
        _refuse(error)
    except OSError as error:
        raise click.ClickException(f"{name}: {error.strerror}. Mend its permissions and try again.") from None
    click.echo(f"{made.place}: {made.number}: {field} is now {value or 'nothing'}.")
    click.echo(f"Apply it with: {program()} publish")
    if rows:
        click.echo(rows[meant(asked, rows)[0]]["quote"])


def _right(field: str, value: str) -> Value:
    """The VALUE that is given for FIELD; refuses what cannot stand there."""
    from flows.check.values import allowed, correctable, valued

    if field not in correctable():
        known = ", ".join(correctable())
        raise click.ClickException(f"--field {field!r} cannot be corrected; known: {known}.")
    try:
        right = valued(field, None if not value and correctable()[field].nullable else value)
    except ValueError as error:
        raise click.ClickException(f"--value: {error}") from None
    if why := allowed(field, right):
        raise click.ClickException(f"--value: {why}")
    return right


def _target() -> tuple[str, Path]:
    """The file that corrections are appended to: that of the setting, else that of the checkout."""
    from flows.check.corrections import SETTING, files

    name, path = files()[-1]
    if len(files()) == 1 and path.parent.name == "_schemas":
        raise click.ClickException(
            f"The corrections that were installed along are not yours to change: let {SETTING} name a file."
        )
    return name, path


@contextmanager
def _held(path: Path) -> Iterator[IO[bytes]]:
    """The file PATH (made if need be), locked, for reading and appending; cut back when writing fails."""
    from flows.locks import locked

    path.parent.mkdir(parents=True, exist_ok=True)
    with open(locked(path, 10.0), "r+b", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        try:
            yield file
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), size)
            raise


def _captured(output: str | None) -> dict[str, Callable[[], list[dict[str, Any]]]]:
    """By key of the report what gives its observations as they were extracted, without corrections."""
    from flows import extract, read, work
    from flows.check.rows import extracted
    from flows.store import Store

    store = Store(output_root(output))
    found = work.extracted(store, read.fingerprint(), extract.fingerprint())
    return {item.report_id: partial(extracted, store, name) for item, name in found}


def _load() -> list[Correction]:
    from flows.check.corrections import load
    from flows.check.entries import CorrectionsError

    try:
        return load()
    except CorrectionsError as error:
        _refuse(error)


def _wrong(
    given: Sequence[Correction], captured: dict[str, Callable[[], list[dict[str, Any]]]]
) -> dict[Correction, str]:
    """Why which of the corrections GIVEN cannot be applied to what was captured."""
    from flows.check.corrections import Corrections

    tried = Corrections(list(given))
    concerned = {one.report_id for one in given}
    for report_id, rows in captured.items():
        tried.apply(report_id, rows() if report_id in concerned else [])
    return dict([*tried.problems, *tried.absent])


def _refuse(error: CorrectionsError) -> NoReturn:
    for problem in error.problems:
        click.echo(problem, err=True)
    sys.exit(1)
