"""The wheel, installed without the checkout, does all that the checkout does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.conftest import EXAMPLE, latest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def call(*command: object, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=180
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    built = call(*pip, "--wheel-dir", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("baogao-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that has our wheel, and this one's packages but us."""
    folder = tmp_path_factory.mktemp("environment")
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
