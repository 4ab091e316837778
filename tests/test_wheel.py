"""The wheel, installed without the checkout, does all that the checkout does; compiled it does the same."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from flows.model import Report
from tests.benchmarks.extract import reports
from tests.builders import report
from tests.conftest import EXAMPLE, latest
from tests.extract.test_properties import NUMERALS, WORDS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
EXTRACT = """
import json, pickle, sys
from dataclasses import asdict

import flows
from flows.extract import fingerprint, observations
from flows.model import Report

print(observations.__file__)
print(fingerprint())
for line in sys.stdin:
    rows = flows.extract_report(pickle.loads(pickle.dumps(Report(**json.loads(line)))))
    assert pickle.loads(pickle.dumps(rows)) == rows
    for row in rows:
        print(json.dumps(asdict(row), ensure_ascii=False))
try:
    flows.extract_text("no report")
except ValueError as error:
    print(error)
"""


def call(*command: object, cwd: Path, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [str(part) for part in command],
        input=given,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    built = call(*pip, "--wheel-dir", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("baogao-*.whl"))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `make fast` makes; where COMPILER_REQUIRED is set it is never skipped."""
    if not shutil.which(str(sysconfig.get_config_var("CC")).split()[0]):
        said = "there is no C compiler on this machine (Debian: apt-get install gcc libc6-dev)"
        (pytest.fail if os.environ.get("COMPILER_REQUIRED") else pytest.skip)(said)
    folder = tmp_path_factory.mktemp("compiled")
    sdist = (sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder)
    packed = call(*sdist, cwd=ROOT)
    assert packed.returncode == 0, packed.stderr
    pip = (sys.executable, "-m", "pip", "wheel", "--no-cache-dir", "--no-deps", "--no-build-isolation")
    archive = next(folder.glob("baogao-*.tar.gz"))
    built = call(*pip, "--wheel-dir", folder, archive, cwd=folder, HATCH_BUILD_HOOKS_ENABLE="1")
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("baogao-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that has our wheel, and this one's packages but us."""
    return environment(wheel, tmp_path_factory.mktemp("environment"))


def environment(wheel: Path, folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps")
    done = call(*pip, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    # A path file names a folder; the path files in that folder, ours among them, are not followed.
    own = next((folder / "lib").glob("python*/site-packages"))
    (own / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = call(python, "-c", "import flows; print(flows.__file__)", cwd=folder)
    assert Path(where.stdout.strip()).is_relative_to(own)
    return folder / "bin"


def test_the_wheel_holds_the_schemas_as_they_are(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("flows/_schemas/")}
        files = {path for path in (ROOT / "schemas").rglob("*") if path.is_file()}
        assert held == {f"flows/_schemas/{path.relative_to(ROOT / 'schemas').as_posix()}" for path in files}
        for path in files:
            name = f"flows/_schemas/{path.relative_to(ROOT / 'schemas').as_posix()}"
            assert archive.read(name) == path.read_bytes()


def test_run_and_extract_from_any_folder(installed: Path, tmp_path: Path, prefect_server: str) -> None:
    done = call(installed / "baogao", "run", "--source", "example", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["reports"] == ["410800-2016"]
    assert latest(tmp_path / "output")["version"] == "1.0.0"
    assert (tmp_path / "output/public/zh/report/410800-2016.html").is_file()
    assert (tmp_path / "output/public/assets/style.css").is_file()

    done = call(installed / "baogao", "extract", EXAMPLE, cwd=tmp_path)
    here = call(sys.executable, "-m", "flows.cli", "extract", EXAMPLE, cwd=tmp_path)
    assert done.stdout
    assert done.stdout == here.stdout


def test_compiled_it_gives_the_same_bytes(compiled: Path, tmp_path: Path) -> None:
    python = environment(compiled, tmp_path) / "python"
    given = "".join(json.dumps(asdict(one)) + "\n" for one in several())
    theirs = call(python, "-c", EXTRACT, cwd=tmp_path, given=given)
    ours = call(sys.executable, "-c", EXTRACT, cwd=ROOT, given=given)
    assert theirs.returncode == ours.returncode == 0, theirs.stderr + ours.stderr
    compiled_from, compiled_rows = theirs.stdout.split("\n", 1)
    pure_from, pure_rows = ours.stdout.split("\n", 1)
    assert Path(compiled_from).is_relative_to(tmp_path)
    assert compiled_from.endswith(tuple(EXTENSION_SUFFIXES))
    assert pure_from == str(ROOT / "flows" / "extract" / "observations.py")
    assert len(pure_rows.splitlines()) > 1000
    assert compiled_rows == pure_rows


def test_compiling_leaves_nothing_in_the_checkout(compiled: Path) -> None:
    assert not [path for end in EXTENSION_SUFFIXES for path in ROOT.glob(f"flows/**/*{end}")]
    with zipfile.ZipFile(compiled) as archive:
        held = set(archive.namelist())
    assert {f"flows/{path.relative_to(ROOT / 'flows')}" for path in ROOT.glob("flows/**/*.py")} <= held


def several() -> Iterator[Report]:
    """Some reports of the corpus, where it is, and texts of rubbish."""
    yield from reports()[::6]
    chosen = random.Random(1)
    for year in (1958, 1994, 2016):
        for _ in range(500):
            rubbish = "".join(chosen.choices([*NUMERALS, *WORDS, "，", "。", "、", "\n", " "], k=60))
            yield report(text=rubbish, year=year)
        for one in "0一、亿，分":
            yield report(text=one * 5000, year=year)
