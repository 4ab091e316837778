"""What the README and the documents say is so: every command is named, and what they show can be typed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from flows import schemas
from flows.cli import main
from flows.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
RELEASES = (ROOT / "docs" / "releases.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_readme_names_every_command() -> None:
    missing = [name for name in main.commands if f"`baogao {name}" not in README]
    assert not missing


def test_the_readme_names_every_option_that_selects_input_or_output() -> None:
    for option in ("--source", "--region", "--year", "--output", "--json"):
        assert option in README


def test_every_command_explains_itself() -> None:
    for command in main.commands.values():
        assert command.help
        assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.slow
def test_what_the_readme_shows_can_be_typed(tmp_path: Path, prefect_server: str) -> None:
    """Runs the shell and Python blocks in their order, in a folder that holds the example only."""
    shutil.copytree(schemas.folder() / "examples", tmp_path / "schemas" / "examples")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shown = re.findall(r"^```(sh|python)\n(.*?)^```", README + RELEASES, re.MULTILINE | re.DOTALL)
    assert {kind for kind, _ in shown} == {"sh", "python"}
    for kind, block in shown:
        if kind == "sh" and block.startswith("make "):
            continue
        command = ["bash", "-euc", block] if kind == "sh" else [sys.executable, "-c", block]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        assert done.stdout or ">" in block


def test_make_has_what_the_readme_says() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for block in blocks("sh"):
        if block.startswith("make "):
            assert re.search(rf"^{block.split()[1]}:", makefile, re.MULTILINE)
    example = re.search(r"^EXAMPLE := (.+)$", makefile, re.MULTILINE)
    assert example
    assert (ROOT / example[1]).is_file()


def test_every_setting_is_documented_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        row = re.search(rf"^\| `BAOGAO_{name.upper()}` \| ([^|]+) \|", OPERATIONS, re.MULTILINE)
        assert row, name
        assert field.default is None or row[1].strip(" `") == (str(field.default) or "none")


def test_the_deployments_name_flows_and_parameters_that_are_there() -> None:
    import importlib

    from flows import pipeline

    given: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    assert given["pull"] == []
    deployments = {one["name"]: one for one in given["deployments"]}
    assert set(deployments) == {"daily", "congress-season", "rebuild", "one-report"}
    for name, one in deployments.items():
        module, flow = one["entrypoint"].rsplit(".", 1)
        schema = getattr(importlib.import_module(module), flow).parameters
        assert set(one["parameters"]) <= set(schema.properties)
        assert one["parameters"].get("source", "all") in ("all", "enabled")
        assert {schedule["timezone"] for schedule in one.get("schedules", ())} <= {"Asia/Shanghai"}
        assert one["concurrency_limit"]["limit"] == 1
        scheduled = "schedules" in one
        strategy = "CANCEL_NEW" if scheduled else "ENQUEUE"
        assert one["concurrency_limit"]["collision_strategy"] == strategy, name
    assert "report" in pipeline.one_report.parameters.required


def test_prefect_takes_the_automations() -> None:
    from prefect.automations import Automation

    folder = ROOT / "docs" / "deploy"
    given = yaml.safe_load((folder / "automations.yaml").read_text("utf-8"))
    assert len([Automation.model_validate(one) for one in given["automations"]]) == 2


def test_every_parameter_of_a_deployed_flow_says_what_it_means() -> None:
    from flows import pipeline

    for flow in (pipeline.baogao, pipeline.one_report):
        for name, parameter in flow.parameters.properties.items():
            assert len(parameter["description"]) > 20, name


def test_constraints_are_names_and_versions_and_cover_what_is_required() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_]+", pin) for pin in pins)
    pinned = {plain(pin.split("==")[0]) for pin in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    required = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    required += project["project"]["optional-dependencies"]["test"]
    required += project["dependency-groups"]["compare"]
    missing = {plain(re.split(r"[<>=!\[; ]", name)[0]) for name in required} - pinned
    assert not missing


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_example_says_that_it_is_a_digest_and_repeats_no_sentence(corpus: Path) -> None:
    example = (schemas.folder() / "examples" / "jiaozuo-2016-digest.txt").read_text("utf-8")
    assert "摘编" in example.splitlines()[0]
    ours, theirs = (
        "".join(text.split()) for text in (example, (corpus / "jiaozuo-2016.txt").read_text("utf-8"))
    )
    assert not [ours[i : i + 24] for i in range(len(ours) - 23) if ours[i : i + 24] in theirs]
