"""The units, the container and the commands of the documents name what is there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.cli import main
from flows.settings import Settings
from tests.deploy.operator import ROOT

FOLDER = ROOT / "docs" / "deploy"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.*"))]
CONTAINERFILE = (FOLDER / "Containerfile").read_text("utf-8").replace("\\\n", "")
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))


def commands() -> set[str]:
    """The commands of Prefect and ours that units, containers and documents have, without their values."""
    found = set(re.findall(r"^CMD (.*)$", CONTAINERFILE, re.MULTILINE))
    found = {" ".join(yaml.safe_load(one)) for one in found}
    found |= {one["command"] for one in COMPOSE["services"].values() if "command" in one}
    for unit in FOLDER.glob("*.service"):
        found |= set(re.findall(r"^ExecStart=\S*/(.*)$", unit.read_text("utf-8"), re.MULTILINE))
    for document in DOCUMENTS:
        if document.suffix == ".md":
            text = "\n".join(re.findall(r"^```\w*\n(.*?)^```", document.read_text("utf-8"), re.M | re.S))
            found |= set(re.findall(r"(?:^|[ ;&(])((?:prefect|baogao) [a-z-].*?)(?: [|&;]|$)", text, re.M))
    return {one for one in found if one.split()[0] in ("prefect", "baogao")}


def test_there_are_commands_of_each_kind() -> None:
    known = {" ".join(one.split()[:3]) for one in commands()}
    assert {
        "prefect server start",
        "prefect worker start",
        "prefect deployment run",
        "baogao run reports/",
    } <= known


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_one_that_can_be_typed(command: str) -> None:
    program, *given = shlex.split(command, comments=True)
    if program == "baogao":
        here = main.commands[given[0]] if not given[0].startswith("-") else main
        options = {name for one in here.params for name in one.opts}
        assert {one for one in given if one.startswith("--")} <= options | {"--help"}
        return
    from prefect.cli._app import _app

    given = [one for one in given if one != "--no-prompt"]  # an option of them all
    command_found, _, _ = _app.parse_args(given, print_error=False, exit_on_error=False)
    assert command_found


def test_every_variable_is_a_setting() -> None:
    import prefect.settings

    texts = [
        path.read_text("utf-8") for path in (*DOCUMENTS, ROOT / "flows/server.py", ROOT / "flows/settings.py")
    ]
    named = {name for text in texts for name in re.findall(r"\b(?:BAOGAO|PREFECT)_[A-Z_]+[A-Z]\b", text)}
    ours = {name for name in named if name.startswith("BAOGAO_")}
    read_by_tests = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r'environ\.get\("(BAOGAO_TEST_[A-Z]+)"', path.read_text("utf-8"))
    }
    assert ours <= {f"BAOGAO_{name.upper()}" for name in Settings.model_fields} | read_by_tests
    assert "PREFECT_API_URL" in named - ours
    unknown = {name for name in named - ours if not hasattr(prefect.settings, name)}
    # A set of settings, and a line of Prefect's file on logging.
    assert unknown <= {"PREFECT_PROFILE", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"}


def test_what_the_services_of_the_composition_name_is_there() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"database", "server", "worker", "site"}
    for name, one in services.items():
        assert set(one.get("depends_on", ())) <= set(services), name
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", ())), name
        volumes = [volume.split(":")[0] for volume in one.get("volumes", ())]
        assert {volume for volume in volumes if not volume.startswith(".")} <= set(COMPOSE["volumes"]), name
        if "build" in one:
            assert (FOLDER / one["build"]["context"] / one["build"]["dockerfile"]).samefile(
                FOLDER / "Containerfile"
            )
    assert services["server"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert "healthcheck" in services["database"]


def test_the_user_of_the_container_can_write_what_is_mounted() -> None:
    """A volume that is mounted where the image has no folder belongs to root."""
    (made,) = re.findall(r"install -d -o baogao (.*)$", CONTAINERFILE, re.MULTILINE)
    assert re.search(r"^USER baogao$", CONTAINERFILE, re.MULTILINE)
    for name, one in COMPOSE["services"].items():
        for volume in one.get("volumes", ()) if one["image"] == "baogao" else ():
            assert volume.split(":")[1] in made.split(), name
    (given,) = re.findall(r"^ENV (.*)$", CONTAINERFILE, re.MULTILINE)
    values = dict(one.split("=") for one in given.split())
    assert {values["BAOGAO_OUTPUT"], values["BAOGAO_INBOX"]} <= set(made.split())


@pytest.mark.slow
def test_the_container_has_the_files_that_its_installation_needs(tmp_path: Path) -> None:
    for copied in re.findall(r"^COPY (.*)$", CONTAINERFILE, re.MULTILINE):
        *sources, target = copied.split()
        for source in sources:
            place = tmp_path / (Path(source).name if target == "./" else target)
            place.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, place)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    built = subprocess.run([*pip, "--wheel-dir", "wheels", "."], cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    assert list((tmp_path / "wheels").glob("baogao-*.whl"))
    # What `prefect deploy` and the automations are made from, in the container's working folder.
    assert (tmp_path / "prefect.yaml").is_file()
    assert (tmp_path / "docs/deploy/automations.yaml").is_file()
    assert (tmp_path / "constraints.txt").is_file()


@pytest.mark.parametrize("unit", sorted(FOLDER.glob("*.service")), ids=lambda unit: unit.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    """With the program of this environment in place of the one that the unit names."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    program = Path(sys.executable).parent / "prefect"
    text = unit.read_text("utf-8").replace("/opt/baogao/.venv/bin/prefect", str(program))
    assert str(program) in text
    (tmp_path / unit.name).write_text(text, "utf-8")
    done = subprocess.run([verify, "verify", str(tmp_path / unit.name)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
