"""`baogao`: thin commands over the same functions.

Each command imports what it needs when it runs: `baogao extract` loads neither Prefect nor Great
Expectations nor pandas and answers at once. Exit status: 0 when all went well, 1 when some input was
rejected or a gate was held, 2 for wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import flows
from flows import cli_check, cli_corrections, cli_prune, cli_releases, cli_serve, cli_sources
from flows.terminal import Progress, output_root, print_json, print_table, program

if TYPE_CHECKING:
    from flows.model import Capture, Rejected, Report
    from flows.summary import Summary

_REGION = click.option(
    "--region",
    metavar="CODE",
    help="Six-digit code of the area, if the text does not say it or says it wrong.",
)
_YEAR = click.option(
    "--year", type=click.IntRange(1949, 2100), metavar="YYYY", help="Year in which the report was read out."
)
_OUTPUT = click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")
_FORCE = click.option(
    "--force", metavar="REASON", help="Publish though the gate is closed; the release records the reason."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")


class _Commands(click.Group):
    """The commands; a place that cannot be read or written is told in a line, whichever of them met it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            from flows.store import StoreError

            if isinstance(error, StoreError):
                raise click.ClickException(str(error)) from None
            raise


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(flows.__version__, prog_name="baogao", message="%(prog)s %(version)s")
def main() -> None:
    """Government work reports of China as open data."""
    for stream in (sys.stdout, sys.stderr):
        # Reports are Chinese whatever the locale says.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


main.add_command(cli_sources.group)
main.add_command(cli_sources.fetch)
main.add_command(cli_check.check)
main.add_command(cli_releases.verify)
main.add_command(cli_releases.diff)
main.add_command(cli_releases.yank)
main.add_command(cli_corrections.group)
main.add_command(cli_corrections.correct)
main.add_command(cli_serve.serve)
main.add_command(cli_prune.prune)
main.add_command(cli_serve.site)


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--source",
    metavar="NAME",
    help="A source from schemas/sources.yaml; all: the enabled ones that are due; enabled: due or not.",
)
@click.option("--from-captures", is_flag=True, help="Fetch nothing: bring all that was captured up to date.")
@_REGION
@_YEAR
@_OUTPUT
@_JSON
@_FORCE
@click.option("--verbose", is_flag=True, help="Show Prefect's log.")
def run(
    paths: tuple[str, ...],
    source: str | None,
    from_captures: bool,
    region: str | None,
    year: int | None,
    output: str | None,
    as_json: bool,
    force: str | None,
    verbose: bool,
) -> None:
    """Fetch, extract, check and publish: files, folders, zip archives, http(s) addresses, or a source.

    Without PATH and --source everything that was captured before is brought up to date.
    """
    if from_captures and (paths or source):
        raise click.UsageError("--from-captures fetches nothing: leave PATH and --source out.")
    given = {"paths": list(paths), "source": source, "region": region, "year": year}
    _run({**given, "output": output, "force": force}, as_json, verbose)


@main.command()
@_OUTPUT
@_JSON
@_FORCE
@click.option("--verbose", is_flag=True, help="Show Prefect's log.")
def publish(output: str | None, as_json: bool, force: str | None, verbose: bool) -> None:
    """Publish what was captured before, if the data differ from the last release."""
    _run({"output": output, "force": force}, as_json, verbose)


@main.command()
@click.argument("file", metavar="FILE")
@_REGION
@_YEAR
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "html"]),
    default="jsonl",
    show_default=True,
    help="html: one page with every number marked, for auditing by eye.",
)
def extract(file: str, region: str | None, year: int | None, form: str) -> None:
    """Print the observations of a report; FILE may be an http(s) address, or - for standard input."""
    from flows.work import line

    reports, rejected = _reports(file, region, year)
    if form == "html":
        from flows.publish.page import report_page

        if len(reports) > 1:
            raise click.UsageError(f"{file} holds {len(reports)} reports; a page shows one. Use jsonl.")
        for report in reports:
            click.echo(report_page(report, flows.extract_report(report)), nl=False)
        _reject(rejected)
        return
    for report in reports:
        sys.stdout.writelines(f"{line(observation)}\n" for observation in flows.extract_report(report))
    _reject(rejected)


@main.command()
@click.argument("file", metavar="FILE")
@_REGION
@_YEAR
@click.option("--report", "wanted", metavar="ID", help="Which report of a file that holds several.")
def read(file: str, region: str | None, year: int | None, wanted: str | None) -> None:
    """Print the text to which the offsets of the observations refer, as it was read from FILE."""
    reports, rejected = _reports(file, region, year)
    names = [report.report_id for report in reports]
    chosen = [report for report in reports if wanted in (None, report.report_id)]
    if len(chosen) > 1 or (reports and not chosen):
        raise click.UsageError(f"{file} holds {', '.join(names)}. Choose one with --report ID.")
    for report in chosen:
        sys.stdout.flush()
        sys.stdout.buffer.write(report.text.encode())
        sys.stdout.buffer.flush()
    _reject(rejected if not chosen else [])


@main.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_JSON
def evaluate(folder: Path, as_json: bool) -> None:
    """Score the extraction against coded records: FOLDER holds NAME.txt with NAME.jsonl beside it.

    A record is a line such as those of schemas/coded.
    """
    from dataclasses import asdict

    from flows.check import accuracy

    counted, rejected = [], []
    for path in sorted(folder.glob("*.jsonl")):
        text = path.with_suffix(".txt")
        if not text.exists():
            raise click.ClickException(f"{text}: There is no such file. Put the text beside {path.name}.")
        reports, others = _reports(str(text), None, None)
        rejected += others
        for report in reports:
            try:
                found = [asdict(row) for row in flows.extract_report(report)]
                counted.append((text.stem, accuracy.count(accuracy.records(path), found)))
            except ValueError as error:
                raise click.ClickException(f"{path}: {error}") from None
    if not counted and not rejected:
        raise click.ClickException(f"{folder}: There are no coded records (NAME.txt and NAME.jsonl) in it.")
    rows = accuracy.table(counted)
    if as_json:
        print_json(rows)
    else:
        print_table(rows)
    _reject(rejected)


@main.command()
@_JSON
def indicators(as_json: bool) -> None:
    """List the indicators that observations are matched to: code, unit, names."""
    from flows import schemas

    rows = schemas.rows("indicators.csv")
    if as_json:
        print_json([dict(row) for row in rows])
        return
    width = max(len(row["code"]) for row in rows)
    for row in rows:
        click.echo(f"{row['code']:{width}}  {row['unit'] or '-'}  {row['name_zh']}  {row['name_en']}")


def _run(given: dict[str, Any], as_json: bool, verbose: bool) -> None:
    """Runs the flow with parameters GIVEN, prints what it did, and exits with the right status."""
    given["output"] = output_root(given["output"])
    if given.get("source"):
        from flows.fetch.sources import SourceError, source, sources

        try:
            _ = sources() if given["source"] in ("all", "enabled") else source(given["source"])
        except SourceError as error:
            raise click.UsageError(str(error)) from None
    summary = _summary(given, verbose)
    if as_json:
        print_json(summary.as_dict())
    else:
        _print(summary)
    sys.exit(0 if summary.ok else 1)


def _summary(given: dict[str, Any], verbose: bool) -> Summary:
    from flows import server
    from flows.masking import masked
    from flows.settings import settings
    from flows.store import StoreError

    server.environment(quiet=not verbose)
    process = server.start()
    from flows import pipeline

    try:
        server.ready(process)
        pipeline.watch(Progress())
        with server.watched(process), pipeline.one_shot():
            state: Any = pipeline.baogao(**given, return_state=True)
        summary: Summary | Exception = state.result(raise_on_failure=False)
        if isinstance(summary, TimeoutError) and state.name == "TimedOut":
            raise click.ClickException(
                f"The run was given up after {settings().timeout} seconds (BAOGAO_TIMEOUT)."
                " What was done stays done: run again."
            )
        if isinstance(summary, Exception):
            raise summary
    except (StoreError, server.ServerError, pipeline.WorkersError, pipeline.ParameterTypeError) as error:
        raise click.ClickException(masked(" ".join(str(error).split()))) from None
    except pipeline.SERVER_ERRORS as error:
        raise click.ClickException(server.lost(error)) from None
    return summary


def _print(summary: Summary) -> None:
    for said in summary.lines():
        click.echo(said)
    if summary.release:
        click.echo(f"  {summary.release.path}")
        click.echo(f"Try next:  {program()} serve  |  {program()} indicators  |  {program()} --help")


def _reports(file: str, region: str | None, year: int | None) -> tuple[list[Report], list[Rejected]]:
    """The reports in FILE, in its order, and what else was in it."""
    from flows.fetch import is_address
    from flows.model import Report
    from flows.read import read_capture

    found: list[Report | Rejected] = []
    for one in (_fetched if is_address(file) else _opened)(file, region, year):
        found += read_capture(*one) if isinstance(one, tuple) else [one]
    reports = [one for one in found if isinstance(one, Report)]
    return reports, [one for one in found if not isinstance(one, Report)]


def _opened(file: str, region: str | None, year: int | None) -> Iterator[tuple[Capture, bytes]]:
    """The bytes of FILE, or of standard input."""
    import hashlib

    from flows.model import Capture

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}. Check the path.") from None
    name = "" if file == "-" else Path(file).name
    origin = "standard input" if file == "-" else file
    yield Capture(hashlib.sha256(data).hexdigest(), origin, name, len(data), "", {}, region, year), data


def _fetched(
    address: str, region: str | None, year: int | None
) -> Iterator[tuple[Capture, bytes] | Rejected]:
    """What ADDRESS has, asked for by the rules of fetching; nothing of it stays."""
    import tempfile
    from dataclasses import replace

    from flows import fetch, read, work
    from flows.model import Capture
    from flows.store import Store

    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        (source,) = fetch.named([address])
        reader = fetch.Reader(read.page_text, read.report_texts)
        for one in fetch.captures(replace(source, region=region, year=year), store, reader):
            yield (one, work.capture_bytes(store, one)) if isinstance(one, Capture) else one


def _reject(rejected: Sequence[Rejected]) -> None:
    """Says what was rejected, and exits with 1 if anything was."""
    from flows.summary import line

    for one in rejected:
        click.echo(f"rejected: {line(one)}", err=True)
    if rejected:
        sys.exit(1)


if __name__ == "__main__":
    main()
