"""What a run with nothing new costs, and where it goes; and many runs in a row over a source that changes.

    python tests/benchmarks/run.py                  a run with nothing new against an empty Prefect flow
    python tests/benchmarks/run.py --runs 200       so many runs in a row, every tenth with something new

The first prints seconds: an empty flow with Prefect's embedded server, with `baogao run`'s own way to start a
server, and against a running server; and the same for `baogao run` with nothing new. The second prints, while
it goes, releases, memory, open files and the files below `work/`, and checks what every run said.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from flows import schemas, server  # noqa: E402

EXAMPLE = schemas.folder() / "examples" / "jiaozuo-2016-digest.txt"
EMPTY = "from prefect import flow\n@flow\ndef empty(): pass\nempty()\n"
STEPS = """
import time; begun = time.perf_counter(); told = []
def tell(what): told.append((what, time.perf_counter()))
from flows import server
server.environment(quiet=True); process = server.start(); tell('server process started')
from flows import pipeline; tell('Prefect and the rooms imported')
server.ready(process); tell('waited for the server')
with pipeline.one_shot():
    state = pipeline.baogao(output={output!r}, return_state=True); tell('the flow: ' + state.name)
for what, moment in told:
    print(f'    {{moment - begun:6.2f}}  {{what}}'); begun = moment
"""


def seconds(command: list[str], times: int, **variables: str) -> float:
    """The median of the wall seconds of COMMAND."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, **variables})
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def line(what: str, empty: float, own: float) -> str:
    """A line of the table: seconds of an empty flow and of our own."""
    return f"  {what:38} {empty:12.1f} {own:12.1f}   ratio {own / empty:.2f}"


def nothing_new(times: int) -> None:
    """Prints what a run with nothing new costs."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(PREFECT_HOME=f"{folder}/prefect", PYTHONPATH=str(ROOT))
        server.environment(quiet=True)
        run = [python, "-m", "flows.cli", "run", str(EXAMPLE), "--output", f"{folder}/output"]
        subprocess.run(run, check=True, capture_output=True)
        print("seconds (median)                            empty flow   baogao run")
        empty, own = seconds([python, "-c", EMPTY], times), seconds(run, times)
        print(
            f"  each with a server that it starts        {empty:8.1f}   {own:8.1f}   ratio {own / empty:.2f}"
        )
        process = server.start()
        server.ready(process)
        address = {"PREFECT_API_URL": os.environ["PREFECT_API_URL"]}
        empty, own = seconds([python, "-c", EMPTY], times, **address), seconds(run, times, **address)
        print(
            f"  against a server that is there           {empty:8.1f}   {own:8.1f}   ratio {own / empty:.2f}"
        )
        del os.environ["PREFECT_API_URL"]
        print("  where it goes (with a server that it starts):")
        steps = [python, "-c", STEPS.format(output=f"{folder}/output")]
        print(subprocess.run(steps, check=True, capture_output=True, text=True).stdout, end="")


def in_a_row(runs: int, every: int = 10) -> list[dict[str, Any]]:
    """Runs the flow RUNS times in this process over a folder that changes every EVERY runs.

    Prints, and gives, what was there after every EVERY runs. Raises AssertionError when a run said
    something that is not so.
    """
    from flows import pipeline

    text, rows = EXAMPLE.read_text("utf-8"), []
    with tempfile.TemporaryDirectory() as folder:
        inbox, output = Path(folder) / "inbox", Path(folder) / "output"
        inbox.mkdir()
        for number in range(runs):
            if number % every == 0:
                changed = text.replace("20.4亿", f"{20 + number // every}.4亿")
                (inbox / "jiaozuo.txt").write_text(changed, "utf-8")
            state: Any = pipeline.baogao(paths=[str(inbox)], output=str(output), return_state=True)
            summary = state.result()
            expected = "published" if number % every == 0 else "nothing-new"
            assert (summary.outcome, summary.ok) == (expected, True), (number, summary)
            assert summary.release.version == f"1.0.{number // every}", (number, summary.release.version)
            if number % every == every - 1:
                rows.append(measured(number + 1, output))
                print("  ".join(f"{name} {value:,}" for name, value in rows[-1].items()), flush=True)
    return rows


def measured(runs: int, output: Path) -> dict[str, Any]:
    """Memory and open files of this process, and what lies below OUTPUT."""
    status = Path("/proc/self/status").read_text()
    work = [path for path in (output / "work").rglob("*") if path.is_file()]
    return {
        "runs": runs,
        "releases": len([one for one in (output / "public" / "releases").iterdir() if one.is_dir()]),
        "MB": int(status.split("VmRSS:")[1].split()[0]) // 1024,
        "most MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "open files": len(list(Path("/proc/self/fd").iterdir())),
        "captures": sum("captures" in path.parts for path in work),
        "other files": sum("captures" not in path.parts for path in work),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    if given.runs:
        server.environment(quiet=True)
        started = server.start()
        server.ready(started)
        from flows import pipeline

        with pipeline.one_shot():
            in_a_row(given.runs)
    else:
        nothing_new(given.times)
