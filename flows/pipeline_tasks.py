"""The tasks of the flows, and what runs them: batches of captures or reports, cut by their length.

Tasks are given names in the store, never texts or tables, so that they can run in another process or on
another machine that reaches the same store. Nothing that they write depends on where they run.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from prefect import Task, get_run_logger, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from flows import extract, extract_report, read, work
from flows.masking import masked
from flows.model import Rejected
from flows.pipeline_state import reading_name
from flows.settings import settings
from flows.store import Store, StoreError

Step = Task[..., list[Rejected]]
Workers = Callable[[], TaskRunner[Any]]


class WorkersError(Exception):
    """The processes or machines that should run the batches are not there; the message says which."""


_watcher: Callable[[str, int, int], None] | None = None


def watch(by: Callable[[str, int, int], None]) -> None:
    """From now on BY is told what is done, how much of it, and how much there is in all (0: unknown)."""
    global _watcher
    _watcher = by


def progress(label: str, done: int, total: int) -> None:
    """Tells whoever watches this process, if somebody does."""
    if _watcher is not None:
        _watcher(label, done, total)


@task(name="read batch")
def read_batch(output: str, version: str, batch: list[str]) -> list[Rejected]:
    """Reads the captures with these hashes and keeps what they hold; tells those that could not be read."""
    store = _same(version, read.fingerprint(), output)
    failed = []
    for sha256 in batch:
        capture = work.capture(store, sha256)
        try:
            found = read.read_capture(capture, work.capture_bytes(store, capture))
            work.save_reading(store, reading_name(capture), found)
        except StoreError:
            raise
        except Exception as error:
            failed.append(failure("read", capture.origin, error))
    get_run_logger().info("%d captures read, %d failed", len(batch) - len(failed), len(failed))
    return failed


@task(name="extract batch")
def extract_batch(output: str, version: str, batch: list[dict[str, Any]]) -> list[Rejected]:
    """Extracts these reports (without their texts) and keeps their observations; tells those that failed."""
    store = _same(version, extract.fingerprint(), output)
    failed, rows = [], 0
    for known in batch:
        try:
            found = extract_report(work.load_report(output, known))
            work.save_observations(store, work.extracted_name(known, extract.fingerprint()), found)
            rows += len(found)
        except StoreError:
            raise
        except Exception as error:
            failed.append(failure("extract", known["origin"], error))
    done = len(batch) - len(failed)
    get_run_logger().info("%d reports extracted, %d observations, %d failed", done, rows, len(failed))
    return failed


@contextmanager
def workers() -> Iterator[Workers]:
    """Gives what starts the processes or machines for batches, once; they end with the block."""
    with ExitStack() as block:
        yield cache(lambda: block.enter_context(_runner()))


def in_batches(
    step: Step, root: str, version: str, things: Sequence[Any], sizes: Sequence[int], started: Workers
) -> list[Rejected]:
    """What STEP says of THINGS, batch by batch; by what STARTED gives only when there is enough to do.

    SIZES are the characters of each. Raises WorkersError when the processes or machines are not there, or
    were lost on the way; what was finished stays done.
    """
    batches = work.batches(things, sizes, settings().batch_chars)
    label = step.name.split()[0]
    steps = [step.with_options(task_run_name=f"{step.name} {n + 1} of {len(batches)}: {len(batches[n])}")
             for n in range(len(batches))]  # fmt: skip
    found: list[Rejected] = []
    with _told(label, len(batches)) as tell:
        if len(batches) > 1 and sum(sizes) >= settings().pool_chars:
            given = [{"output": root, "version": version, "batch": batch} for batch in batches]
            waiting = [started().submit(one, each) for one, each in zip(steps, given, strict=True)]
            for done, future in enumerate(waiting):
                found += _result(future)
                tell(done + 1)
        else:
            for done, (one, batch) in enumerate(zip(steps, batches, strict=True)):
                found += one(root, version, batch)
                tell(done + 1)
    return found


def failure(verb: str, origin: str, error: Exception) -> Rejected:
    """An input that a fault of ours kept from being used; the log gets where it happened."""
    shown = masked(origin)
    get_run_logger().error(
        "%s failed for %s\n%s", verb, shown, masked("".join(traceback.format_exception(error)))
    )
    what = masked(f"{type(error).__name__}: {error}")
    return Rejected(shown, "failed", f"{shown}: Could not {verb} it ({what}). Please report this as a bug.")


@contextmanager
def _told(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Tells how much is done: whoever watches the process, and those who look at the run's page."""
    artifact: Any = None
    if total > 1:
        artifact = create_progress_artifact(
            0.0, key=f"{label}-progress", description=f"{label}: {total} batches"
        )

    def tell(done: int) -> None:
        progress(label, done, total)
        if artifact is not None:
            update_progress_artifact(artifact, 100.0 * done / total)

    yield tell


@contextmanager
def _runner() -> Iterator[TaskRunner[Any]]:
    """What runs the batches, by BAOGAO_TASK_RUNNER; its processes end with the block, however it ends."""
    kind, workers = settings().task_runner, settings().workers
    runner: TaskRunner[Any]
    if kind == "threads":
        runner = ThreadPoolTaskRunner(max_workers=workers)
    elif kind == "dask":
        runner = _dask(settings().dask, workers or os.cpu_count() or 1)
    else:
        runner = ProcessPoolTaskRunner(max_workers=workers, initializer=_end_with_parent)
    try:
        with runner:
            try:
                yield runner
            except BaseException:
                # Leaving the block waits for the processes, and one that hangs would keep it for ever.
                for child in multiprocessing.active_children():
                    child.kill()
                raise
    except (StoreError, WorkersError):
        raise
    except Exception as error:
        # Faults of single reports are kept with them; what is left is that the cluster does not work.
        if kind != "dask":
            raise
        where = settings().dask or "of this machine"
        what = " ".join(str(error).split())[:200] or type(error).__name__
        raise WorkersError(
            f"The Dask scheduler at {where} does not answer ({what}). Start it, or mend BAOGAO_DASK."
        ) from error


def _dask(address: str, workers: int) -> TaskRunner[Any]:
    """Dask's scheduler at ADDRESS, or so many WORKERS of this machine."""
    try:
        import dask
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise WorkersError(
            "BAOGAO_TASK_RUNNER is dask: install it with pip install 'baogao[dask]'."
        ) from None
    dask.config.set(
        {"distributed.comm.timeouts.connect": "20s", "distributed.logging.distributed": "warning"}
    )
    if address:
        return DaskTaskRunner(address=address)
    local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None, "processes": True}
    return DaskTaskRunner(cluster_class="distributed.LocalCluster", cluster_kwargs=local)


def _result(future: Any) -> list[Rejected]:
    found: list[Rejected] = future.result()
    return found


def _end_with_parent() -> None:
    """Ends this process of a pool when the run that started it was killed."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _same(version: str, own: str, root: str) -> Store:
    """The store at ROOT, if the process that runs a batch has the code and schemas of the one that cut it."""
    if version != own:
        raise WorkersError("The workers of this run have different versions of Baogao: install the same one.")
    return Store(root)
