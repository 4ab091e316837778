"""Two builds of the same reports, as different as builds can be: the data are the same, byte for byte."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.publish.tables import NAMES
from tests.conftest import EXAMPLE, latest

pytestmark = pytest.mark.slow

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
CLOCK = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
DAYS = 40
# A process pool, and a batch for each report.
BOTH = {"BAOGAO_POOL_CHARS": "0", "BAOGAO_BATCH_CHARS": "1"}
ONE = {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "BAOGAO_WORKERS": "1"}
OTHER = {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "4711", "BAOGAO_WORKERS": "2"}
OTHER |= {"LD_PRELOAD": str(CLOCK), "FAKETIME": f"+{DAYS}d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
# libfaketime moves the time until which Python sleeps as well, by which it never comes.
SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds)\n"


@pytest.fixture
def reports(tmp_path: Path) -> list[Path]:
    """The bundled example, invented ones that say the like of other cities, and real ones if there are."""
    folder = tmp_path / "reports"
    folder.mkdir()
    text = EXAMPLE.read_text("utf-8")
    for number, place in enumerate(("濮阳", "鹤壁", "漯河", "许昌")):
        said = text.replace("焦作", place).replace("3741", str(3742 + number))
        (folder / f"{number}.txt").write_text(said, "utf-8")
    real = sorted((CORPUS / "provincial-2025").glob("*.docx"))[:3]
    for path in (EXAMPLE, *real):
        shutil.copy(path, folder)
    return sorted(folder.iterdir())


def built(output: Path, server: str, reports: list[Path], **environment: str) -> subprocess.Popen[bytes]:
    """Starts a run over REPORTS in a folder of its own."""
    folder = output.parent
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "flows.cli", "run", *map(str, reports), "--output", str(output)]
    variables = {**os.environ, **BOTH, **environment, "PREFECT_API_URL": server}
    if "LD_PRELOAD" in environment:
        (folder / "sitecustomize.py").write_text(SLEEP, "utf-8")
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    log = open(folder / "log", "wb")  # noqa: SIM115  the process has it
    return subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=subprocess.STDOUT)


def test_two_builds_give_the_same_bytes(tmp_path: Path, prefect_server: str, reports: list[Path]) -> None:
    """On other days, with one worker and two, elsewhere, in another language, time zone and order."""
    if CLOCK is None:
        said = "there is no libfaketime on this machine (Debian: apt-get install libfaketime)"
        (pytest.fail if os.environ.get("CLOCK_REQUIRED") else pytest.skip)(said)
    outputs = tmp_path / "one" / "output", tmp_path / "二 zwei" / "deeper" / "out"
    shuffled = random.Random(6).sample(reports, len(reports))
    runs = [
        built(outputs[0], prefect_server, reports, **ONE),
        built(outputs[1], prefect_server, shuffled, **OTHER),
    ]
    for run, output in zip(runs, outputs, strict=True):
        assert run.wait(600) == 0, (output.parent / "log").read_text("utf-8")
    pointers = [latest(output) for output in outputs]
    assert pointers[0]["rows"]["reports"] == len(reports) and pointers[0]["rows"]["panel"] > 50
    times = [pointer["released_at"] for pointer in pointers]
    passed = datetime.fromisoformat(times[1]) - datetime.fromisoformat(times[0])
    assert abs(passed - timedelta(days=DAYS)) < timedelta(hours=1)

    folders = [output / "public" / pointer["path"] for output, pointer in zip(outputs, pointers, strict=True)]
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    assert files[0].keys() == files[1].keys()
    data = {name for name in files[0] if name.split(".")[0] in NAMES}
    assert len(data) > 25
    for name in data:
        assert files[0][name] == files[1][name], name
    for name in files[0].keys() - data:
        one, other = (
            timeless(name, given[name], time, data) for given, time in zip(files, times, strict=True)
        )
        assert one == other, name


def timeless(name: str, content: bytes, time: str, data: set[str]) -> object:
    """What a file of metadata says, but for the TIME of its release and the hashes of files that tell it."""
    text = content.decode().replace(time, "TIME").replace(time[:10], "DAY").replace(f"({time[:4]})", "(YEAR)")
    if name == "checksums.sha256":
        return [line for line in text.splitlines() if line.split("  ")[1] in data]
    if name == "provenance.json":
        made = json.loads(text)
        return made | {"files": {file: fact for file, fact in made["files"].items() if file in data}}
    return text
