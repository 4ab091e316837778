"""The Prefect flows: each calls the rooms in the order of the data and does nothing else.

`baogao` and `one_report` run the other four, whose tasks are in `pipeline_tasks`; what operators are told is
in `pipeline_notices`. What was done before is found under `work/` and is not done again, so a run over
unchanged input extracts nothing and publishes nothing, and one that was cut off goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

import flows
from flows.settings import prefect_environment, settings

prefect_environment()

# Prefect reads its environment when it is imported.
from prefect import flow, get_run_logger  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.exceptions import ParameterTypeError as ParameterTypeError  # noqa: E402
from prefect.exceptions import PrefectHTTPStatusError  # noqa: E402
from prefect.runtime import deployment, flow_run  # noqa: E402
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings  # noqa: E402
from prefect.states import Completed, Failed  # noqa: E402

from flows import check, extract, fetch, prune, publish, read, work  # noqa: E402
from flows import pipeline_state as state  # noqa: E402
from flows.check import CorrectionsError, SuiteError  # noqa: E402
from flows.fetch.folder import captures as captured  # noqa: E402
from flows.fetch.sources import sources  # noqa: E402
from flows.hanging import gone_after  # noqa: E402
from flows.masking import masked  # noqa: E402
from flows.model import Capture, Rejected, Release  # noqa: E402
from flows.parameters import Name, Place, Reason, Region, Root, Year  # noqa: E402
from flows.pipeline_notices import tell, tell_trouble  # noqa: E402
from flows.pipeline_tasks import WorkersError as WorkersError  # noqa: E402
from flows.pipeline_tasks import extract_batch, failure, in_batches, progress, read_batch, workers  # noqa: E402
from flows.pipeline_tasks import watch as watch  # noqa: E402
from flows.publish import PublishError  # noqa: E402
from flows.store import Store, StoreError  # noqa: E402
from flows.summary import Extracted, Fetched, Summary, summed_up, table_of  # noqa: E402

SERVER_ERRORS = (httpx.HTTPError, PrefectHTTPStatusError)
"""What is raised when Prefect's server goes in the middle of a run."""

_BYTES_PER_CHAR = 3
_LONGEST_WAIT = 3600.0
_AWAY = ("no-answer", "bad-answer", "missing", "no-links", "robots", "refused-address")


def _title() -> str:
    """What a run is called: its deployment, and what it was given."""
    given = flow_run.parameters or {}
    what = given.get("report") or given.get("source") or ", ".join(given.get("paths") or ()) or "captures"
    return f"{deployment.name or 'run'}: {masked(str(what))[:80]}"


@contextmanager
def one_shot() -> Iterator[None]:
    """Without heartbeats: for a run that somebody waits for, as each flow takes a second to stop its own."""
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


@flow(name="fetch", flow_run_name="fetch")
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
        source: A source from schemas/sources.yaml; all: the enabled ones that are due; enabled: due or not.
    """
    store = _store(output)
    files = [path for path in paths if not fetch.is_address(path)]
    given = captured(files, store, region=region, year=year, max_bytes=settings().max_file_bytes)
    wanted = [*fetch.named([path for path in paths if path not in files]), *_wanted(source, store)]
    found, rejected = _taken(given, 0)
    down: list[str] = []
    for one in wanted:
        asked = _asked(replace(one, region=region or one.region, year=year), store)
        captures, faults = _taken(asked, len(found) + len(rejected))
        faults = [fault for fault in faults if fault.reason != "empty-folder"]
        found, rejected = found + captures, rejected + faults
        # A site that is away still has its last good copies, each with the fault beside it.
        away = [fault.reason for fault in faults if fault.reason in _AWAY]
        if away and len(away) >= len(captures):
            down.append(f"{masked(one.name)} ({', '.join(sorted(set(away)))})")
        get_run_logger().info("%s: %d captures, %d faults", masked(one.name), len(captures), len(faults))
    progress("fetch", len(found) + len(rejected), len(found) + len(rejected))
    get_run_logger().info("%d captures, %d inputs rejected", len(found), len(rejected))
    return Fetched(found, rejected, down, bool(paths))


def _taken(given: Iterator[Capture | Rejected], before: int) -> tuple[list[str], list[Rejected]]:
    """The hashes of what came, and what did not come; BEFORE is how much came of the run before."""
    found: list[str] = []
    rejected: list[Rejected] = []
    for one in given:
        if isinstance(one, Capture):
            found.append(one.sha256)
        else:
            rejected.append(Rejected(masked(one.origin), one.reason, masked(one.message)))
        progress("fetch", before + len(found) + len(rejected), 0)
    return found, rejected


def _wanted(source: str | None, store: Store) -> list[fetch.Source]:
    """The sources of that name; those that are due for `all`, and these and the others for `enabled`."""
    if source is None:
        return []
    if source == "enabled":
        return [one for one in sources().values() if one.enabled]
    return fetch.due(store) if source == "all" else [fetch.source(source)]


def _asked(source: fetch.Source, store: Store) -> Iterator[Capture | Rejected]:
    """What a source has; a fault that nobody thought of is told like any other."""
    try:
        yield from fetch.captures(source, store, fetch.Reader(read.page_text, read.report_texts))
    except StoreError:
        raise
    except Exception as error:
        yield failure("fetch", source.name, error)


@flow(name="extract", flow_run_name="extract")
def extract_reports(captures: list[str] | None = None, output: Root | None = None) -> Extracted:
    """Reads all captures and extracts all reports that were not read or extracted before.

    Args:
        captures: Hashes of the captures whose reports and rejections are told; default: all.
        output: The output root, a folder or an address such as s3://bucket/folder.
    """
    store = _store(output)
    known = work.captures(store)
    names = {capture.sha256: state.reading_name(capture) for capture in known}
    unread = [capture for capture in known if not store.exists(names[capture.sha256])]
    sizes = [capture.size // _BYTES_PER_CHAR for capture in unread]
    todo = [capture.sha256 for capture in unread]
    with workers() as started:
        failed = in_batches(read_batch, store.root, read.fingerprint(), todo, sizes, started)
        readings = list(state.readings(store, known))
        items = work.latest(readings)
        missing = [item for item in items if not store.exists(state.extracted_name(item))]
        sizes = [item.chars for item in missing]
        reports = [item.report for item in missing]
        failed += in_batches(extract_batch, store.root, extract.fingerprint(), reports, sizes, started)
    told = set(captures) if captures is not None else set(names)
    mine = [reading for capture, reading in readings if capture.sha256 in told]
    rejected = [one for reading in mine for one in reading.rejected] + failed
    found = sorted({item.report_id for reading in mine for item in reading.items})
    get_run_logger().info("%d of %d reports extracted anew", len(missing), len(items))
    return Extracted(found, len(items), len(missing), rejected)


@flow(name="check", flow_run_name="check")
def check_observations(output: Root | None = None) -> str:
    """Checks the observations of all extracted reports, and gives the hash of all that went into the check.

    Nothing is checked when the latest release was made from the very same.

    Args:
        output: The output root, a folder or an address such as s3://bucket/folder.
    """
    store = _store(output)
    entries = state.entries(store)
    inputs = check.fingerprint(entries)
    if publish.current(store, inputs) is None:
        progress("check", 0, 1)
        checked = check.check(store, entries)
        progress("check", 1, 1)
        counts = (checked.observations, checked.flagged, checked.quarantined)
        get_run_logger().info("%d observations, %d flagged, %d in quarantine", *counts)
    return inputs


@flow(name="publish", flow_run_name="publish")
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
        read_right = state.example_accuracy()
        release = publish.publish(store, checked, accuracy=read_right, force=force or "", judge=check.judge)
        progress("publish", 1, 1)
    get_run_logger().info("release %s, %s", release.version, "new" if release.new else "as before")
    return release


@flow(
    name="baogao",
    flow_run_name=_title,
    timeout_seconds=settings().timeout,
    on_failure=[tell_trouble],
    on_crashed=[tell_trouble],
)
def baogao(
    paths: list[Place] | None = None,
    source: Name | None = None,
    region: Region | None = None,
    year: Year | None = None,
    output: Root | None = None,
    force: Reason | None = None,
) -> State[Summary]:
    """Fetches, extracts, checks and publishes; without paths and source, from what was captured before.

    Args:
        paths: Files, folders (with all that is below), zip archives, and http(s) addresses.
        source: A source from schemas/sources.yaml; all: the enabled ones that are due; enabled: due or not.
        region: Six-digit code of the area that the reports speak for, if the texts do not say it.
        year: The year in which the reports were read out, if the texts do not say it.
        output: The output root, a folder or an address such as s3://bucket/folder.
        force: Why it is published though the gate is closed; the release records it.
    """
    with gone_after(settings().timeout):
        return _gave_up() or _ended(_run(paths or [], source, region, year, output, force))


@flow(
    name="one-report",
    flow_run_name=_title,
    timeout_seconds=settings().timeout,
    on_failure=[tell_trouble],
    on_crashed=[tell_trouble],
)
def one_report(
    report: Place,
    region: Region | None = None,
    year: Year | None = None,
    output: Root | None = None,
    force: Reason | None = None,
) -> State[Summary]:
    """Takes in one report now: captures it, extracts it, checks everything and publishes.

    Args:
        report: The path of the report on the worker's machine (txt, html, pdf, docx …), or its address.
        region: Six-digit code (GB/T 2260) of the area that it speaks for, such as 410800, if the text does
            not say it or says it wrong.
        year: The year in which it was read out, if the text does not say it or says it wrong.
        output: The output root, a folder or an address such as s3://bucket/folder; default: BAOGAO_OUTPUT.
        force: Why it is published though the gate is closed, in a sentence; the release records it.
    """
    with gone_after(settings().timeout):
        return _gave_up() or _ended(_run([report], None, region, year, output, force))


@one_shot()  # that of the flow around them tells of the four as well
def _run(
    paths: list[str],
    source: str | None,
    region: str | None,
    year: int | None,
    output: str | None,
    force: str | None,
) -> Summary:
    root = _kept(output or settings().output)
    store = _store(root)
    get_run_logger().info("Output root %s, Baogao %s", masked(root), flows.__version__)
    fetched = fetch_reports(paths, region, year, root, source) if paths or source else None
    extracted = extract_reports(fetched.captures if fetched else None, root)
    release, message, inputs, pages = None, "", "", ""
    if extracted.total:
        # Of two runs at once the second checks what the first has published too, and loses nothing of it.
        with store.lock("release", seconds=_LONGEST_WAIT):
            try:
                inputs = check_observations(root)
                release = publish_release(inputs, root, force)
                progress("pages", 0, 1)
                pages = publish.pages(store, release.version)
                progress("pages", 1, 1)
            except (CorrectionsError, PublishError, SuiteError) as error:
                message = str(error)
    looked_at = inputs if release is None or release.new else ""
    findings = table_of(state.findings(store, looked_at)) if looked_at else []
    if release is not None and release.new:
        with store.lock("release", seconds=_LONGEST_WAIT):
            prune.tidy(store, state.needed)
    summary = summed_up(fetched, extracted, release, message, [pages, prune.over_budget(store)])
    tell(summary, findings)
    return summary


def _gave_up() -> State[Any] | None:
    """The end of a run that has died so often that it would die again."""
    if deployment.id is None or flow_run.run_count <= settings().attempts:
        return None
    said = f"It died {flow_run.run_count - 1} times (BAOGAO_ATTEMPTS is {settings().attempts}): see its log."
    return Failed(name="Gave up", message=said)


def _ended(summary: Summary) -> State[Summary]:
    """The state that a run ends in: its name tells operators what came of it."""
    ended = Failed if summary.bad else Completed
    return ended(name=summary.title, message=summary.headline(), data=summary)


def _store(output: str | None) -> Store:
    return Store(output or settings().output)


def _kept(root: str) -> str:
    """ROOT, unless it is a relative folder of a deployed run, whose working folder is removed afterwards."""
    if deployment.id and "://" not in root and not Path(root).is_absolute():
        raise ValueError(f"A deployed run would lose the output root {root!r}: make BAOGAO_OUTPUT absolute.")
    return root
