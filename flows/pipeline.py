"""The Prefect flows: each calls the rooms in the order of the data and does nothing else.

`baogao` runs the other four. Tasks work on batches of captures or reports, cut by their length, and are
given names in the store, never texts or tables. What was done before is found under `work/` and is not
done again, so a run over unchanged input extracts nothing and publishes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from flows.settings import prefect_environment, settings

prefect_environment()

# Prefect reads its environment when it is imported.
from prefect import Task, flow, get_run_logger, task  # noqa: E402
from prefect.artifacts import create_markdown_artifact, create_table_artifact  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.exceptions import ParameterTypeError as ParameterTypeError  # noqa: E402
from prefect.runtime import deployment  # noqa: E402
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings  # noqa: E402
from prefect.states import Completed, Failed  # noqa: E402
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner  # noqa: E402
from pydantic import Field  # noqa: E402

from flows import check, extract, extract_report, fetch, publish, read, schemas, work  # noqa: E402
from flows.check import CorrectionsError, Entry, accuracy  # noqa: E402
from flows.copies import Item  # noqa: E402
from flows.fetch.folder import captures as captured  # noqa: E402
from flows.model import Capture, Rejected, Release, Report  # noqa: E402
from flows.publish import PublishError  # noqa: E402
from flows.store import Store, StoreError  # noqa: E402
from flows.summary import Extracted, Fetched, Summary, summed_up  # noqa: E402

Root = Annotated[str, Field(min_length=1, description="Output root; default: BAOGAO_OUTPUT, else output")]
Region = Annotated[str, Field(min_length=1, description="GB/T 2260 code; overrides what the text says")]
Year = Annotated[int, Field(ge=1949, le=2100, description="Year of the report; overrides what the text says")]
Name = Annotated[
    str, Field(pattern=r"^[a-z0-9-]+$", description="A source from schemas/sources.yaml, or all that are due")
]

Reason = Annotated[
    str, Field(min_length=10, max_length=500, description="Why the gate is overruled, in a sentence")
]

Step = Task[..., list[Rejected]]

_BYTES_PER_CHAR = 3


def _untold(label: str, done: int, total: int) -> None:
    """Nobody watches."""


progress: Callable[[str, int, int], None] = _untold
"""Is told what is being done, and how much of how much of it is done; the command sets it."""


def _runner() -> TaskRunner[Any]:
    if settings().task_runner == "threads":
        return ThreadPoolTaskRunner(max_workers=settings().workers)
    return ProcessPoolTaskRunner(max_workers=settings().workers)


@flow
def fetch_reports(
    paths: list[str],
    region: Region | None = None,
    year: Year | None = None,
    output: Root | None = None,
    source: Name | None = None,
) -> Fetched:
    """Captures files, folders, archives and pages as they are, and what a source has.

    One source's failure does not stop the others.

    Args:
        paths: Files, folders (with all that is below), zip archives, and http(s) addresses.
        region: Six-digit code of the area that the reports speak for, if the texts do not say it.
        year: The year in which the reports were read out, if the texts do not say it.
        output: The output root, a folder or an address such as s3://bucket/folder.
        source: A source from schemas/sources.yaml, or `all`: every enabled one that is due.
    """
    store = _store(output)
    found: list[str] = []
    rejected: list[Rejected] = []
    files = [path for path in paths if not fetch.is_address(path)]
    given = captured(files, store, region=region, year=year, max_bytes=settings().max_file_bytes)
    sources = [*fetch.named([path for path in paths if path not in files]), *_wanted(source, store)]
    sources = [replace(one, region=region or one.region, year=year) for one in sources]
    for one in chain(given, *(_asked(wanted, store) for wanted in sources)):
        if isinstance(one, Capture):
            found.append(one.sha256)
        else:
            rejected.append(one)
        progress("fetch", len(found) + len(rejected), 0)
    progress("fetch", len(found) + len(rejected), len(found) + len(rejected))
    get_run_logger().info("%d captures, %d inputs rejected", len(found), len(rejected))
    return Fetched(found, rejected)


def _wanted(source: str | None, store: Store) -> list[fetch.Source]:
    """The sources of that name; all that are due for `all`."""
    if source is None:
        return []
    return fetch.due(store) if source == "all" else [fetch.source(source)]


def _asked(source: fetch.Source, store: Store) -> Iterator[Capture | Rejected]:
    """What a source has; a fault that nobody thought of is told like any other."""
    try:
        yield from fetch.captures(source, store, fetch.Reader(read.page_text, read.report_texts))
    except StoreError:
        raise
    except Exception as error:
        yield _failed("fetch", source.name, error)


@flow(task_runner=_runner())
def extract_reports(captures: list[str] | None = None, output: Root | None = None) -> Extracted:
    """Reads all captures and extracts all reports that were not read or extracted before.

    Args:
        captures: Hashes of the captures whose reports and rejections are told; default: all.
        output: The output root, a folder or an address such as s3://bucket/folder.
    """
    store = _store(output)
    known = work.captures(store)
    names = {capture.sha256: _reading(capture) for capture in known}
    unread = [capture for capture in known if not store.exists(names[capture.sha256])]
    sizes = [capture.size // _BYTES_PER_CHAR for capture in unread]
    todo = [capture.sha256 for capture in unread]
    failed = _in_batches(read_batch, store.root, read.fingerprint(), todo, sizes)
    readings = [(capture, _read(store, capture)) for capture in known]
    items = work.latest(readings)
    missing = [item for item in items if not store.exists(_extracted(item))]
    sizes = [item.chars for item in missing]
    known_reports = [item.report for item in missing]
    failed += _in_batches(extract_batch, store.root, extract.fingerprint(), known_reports, sizes)
    told = set(captures) if captures is not None else set(names)
    mine = [reading for capture, reading in readings if capture.sha256 in told]
    rejected = [one for reading in mine for one in reading.rejected] + failed
    reports = sorted({item.report_id for reading in mine for item in reading.items})
    get_run_logger().info("%d of %d reports extracted anew", len(missing), len(items))
    return Extracted(reports, len(items), len(missing), rejected)


@task
def read_batch(output: str, version: str, captures: list[str]) -> list[Rejected]:
    """Reads the captures with these hashes and keeps what they hold; tells those that could not be read."""
    store = _same(version, read.fingerprint(), output)
    failed = []
    for sha256 in captures:
        capture = work.capture(store, sha256)
        try:
            found = read.read_capture(capture, work.capture_bytes(store, capture))
            work.save_reading(store, _reading(capture), found)
        except StoreError:
            raise
        except Exception as error:
            failed.append(_failed("read", capture.origin, error))
    return failed


@task
def extract_batch(output: str, version: str, reports: list[dict[str, Any]]) -> list[Rejected]:
    """Extracts these reports (without their texts) and keeps their observations; tells those that failed."""
    store = _same(version, extract.fingerprint(), output)
    failed = []
    for known in reports:
        try:
            found = extract_report(work.load_report(output, known))
            work.save_observations(store, work.extracted_name(known, extract.fingerprint()), found)
        except StoreError:
            raise
        except Exception as error:
            failed.append(_failed("extract", known["origin"], error))
    return failed


@flow
def check_observations(output: Root | None = None) -> str:
    """Checks the observations of all extracted reports, and gives the hash of all that went into the check.

    Nothing is checked when the latest release was made from the very same.

    Args:
        output: The output root, a folder or an address such as s3://bucket/folder.
    """
    store = _store(output)
    entries = _entries(store)
    inputs = check.fingerprint(entries)
    if publish.current(store, inputs) is None:
        progress("check", 0, 1)
        checked = check.check(store, entries)
        progress("check", 1, 1)
        counts = (checked.observations, checked.flagged, checked.quarantined)
        get_run_logger().info("%d observations, %d flagged, %d in quarantine", *counts)
    return inputs


@flow
def publish_release(inputs: str, output: Root | None = None, force: Reason | None = None) -> Release:
    """Publishes what was checked as the next version, unless the latest release holds the same.

    Args:
        inputs: What check_observations gave.
        output: The output root, a folder or an address such as s3://bucket/folder.
        force: Why it is published though the gate is closed; the release records it.
    """
    store = _store(output)
    release = publish.current(store, inputs)
    if release is None:
        progress("publish", 0, 1)
        checked = check.checked(store, inputs)
        release = publish.publish(store, checked, accuracy=_accuracy(), force=force or "")
        progress("publish", 1, 1)
    get_run_logger().info("release %s, %s", release.version, "new" if release.new else "as before")
    return release


@flow
def baogao(
    paths: list[str] | None = None,
    source: Name | None = None,
    region: Region | None = None,
    year: Year | None = None,
    output: Root | None = None,
    force: Reason | None = None,
) -> State[Summary]:
    """Fetches, extracts, checks and publishes; without paths and source, from what was captured before.

    Args:
        paths: Files, folders (with all that is below), zip archives, and http(s) addresses.
        source: The name of a source in schemas/sources.yaml, or `all`: every enabled one that is due.
        region: Six-digit code of the area that the reports speak for, if the texts do not say it.
        year: The year in which the reports were read out, if the texts do not say it.
        output: The output root, a folder or an address such as s3://bucket/folder.
        force: Why it is published though the gate is closed; the release records it.
    """
    root = _kept(output or settings().output)
    wanted = bool(paths or source)
    fetched = fetch_reports(paths or [], region, year, root, source) if wanted else None
    extracted = extract_reports(fetched.captures if fetched else None, root)
    release, message = None, ""
    if extracted.total:
        try:
            release = publish_release(check_observations(root), root, force)
        except (CorrectionsError, PublishError) as error:
            message = str(error)
    summary = summed_up(fetched, extracted, release, message)
    _tell(summary)
    state = Failed if summary.outcome == "held" else Completed
    name = summary.outcome.replace("-", " ").capitalize()
    return state(name=name, message=summary.headline(), data=summary)


def _accuracy() -> float:
    """The share of the bundled coded example that is extracted right in all fields."""
    name = "jiaozuo-2016-digest"
    report = read.read_text((schemas.folder() / f"examples/{name}.txt").read_text("utf-8"))
    assert isinstance(report, Report)
    found = [asdict(row) for row in extract_report(report)]
    counts = accuracy.count(accuracy.records(schemas.folder() / f"coded/{name}.jsonl"), found)
    return counts["exact"] / counts["gold"]


@contextmanager
def one_shot() -> Iterator[None]:
    """For a run that somebody waits for: saves the second that each flow takes to stop its heartbeat."""
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def _store(output: str | None) -> Store:
    return Store(output or settings().output)


def _kept(root: str) -> str:
    """ROOT, unless it is a relative folder of a deployed run, whose working folder is removed afterwards."""
    if deployment.id and "://" not in root and not Path(root).is_absolute():
        raise ValueError(f"A deployed run would lose the output root {root!r}: make BAOGAO_OUTPUT absolute.")
    return root


def _reading(capture: Capture) -> str:
    return work.reading_name(capture, read.fingerprint())


def _read(store: Store, capture: Capture) -> work.Reading:
    name = _reading(capture)
    if not store.exists(name):
        return work.Reading((), ())
    return work.load_reading(store, name)


def _extracted(item: Item) -> str:
    return work.extracted_name(item.report, extract.fingerprint())


def _entries(store: Store) -> list[Entry]:
    entries = []
    for item, name in work.extracted(store, read.fingerprint(), extract.fingerprint()):
        load = partial(work.load_report, store.root, item.report)
        copies = {"witnesses": item.witnesses, "rivals": item.rivals}
        key = f"{item.reading}#{item.index} {copies}"
        entries.append(Entry(item.report_id, key, name, load, **copies))
    return entries


def _in_batches(
    step: Step, root: str, version: str, things: Sequence[Any], sizes: list[int]
) -> list[Rejected]:
    """What STEP says of THINGS, batch by batch; side by side only when there is enough to do."""
    batches = work.batches(things, sizes, settings().batch_chars)
    together = len(batches) > 1 and sum(sizes) >= settings().pool_chars
    waiting = [step.submit(root, version, batch) for batch in batches] if together else []
    found: list[Rejected] = []
    for done, batch in enumerate(batches):
        found += waiting[done].result() if together else step(root, version, batch)
        progress(step.name.split("_")[0], done + 1, len(batches))
    return found


def _same(version: str, own: str, root: str) -> Store:
    """The store at ROOT, if the process that runs a batch has the code and schemas of the one that cut it."""
    if version != own:
        raise RuntimeError("The workers of this run have different versions of Baogao: install the same one.")
    return Store(root)


def _failed(verb: str, origin: str, error: Exception) -> Rejected:
    get_run_logger().exception("%s failed for %s", verb, origin)
    what = f"{type(error).__name__}: {error}"
    return Rejected(origin, "failed", f"{origin}: Could not {verb} it ({what}). Please report this as a bug.")


def _tell(summary: Summary) -> None:
    for one in (*summary.rejected, *summary.not_reports):
        get_run_logger().warning("%s: %s", one.reason, one.message)
    create_markdown_artifact(summary.markdown(), key="run-report", description="What this run did")
    if summary.table():
        create_table_artifact(summary.table(), key="rejected-inputs", description="Inputs that were not used")
