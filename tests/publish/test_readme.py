"""The README of a release: how accurate it is, how it is used, what is in it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from flows import schemas
from flows.publish.tables import NAMES
from flows.store import Store
from tests.builders import stored
from tests.publish.conftest import Publish

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture
def folder(tmp_path: Path, go: Publish) -> Path:
    store = Store(str(tmp_path))
    go(store, stored(store), stored(store, year=2017))
    return tmp_path / "public" / "releases" / "1.0.0"


def test_the_accuracy_that_was_measured_is_told(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    measured = schemas.document("accuracy.json")
    assert len(measured["observations"]) >= 3
    for one in measured["observations"]:
        (line,) = (line for line in text.splitlines() if line.startswith(f"| {one['on']} |"))
        assert line.split(" | ")[1] == str(one["gold"])
        for rate in ("recall", "precision", "period", "subject", "exact"):
            assert f"| {one[rate]:.3f} |" in line
    panel = measured["panel"]
    assert f"Of {panel['facts']} headline facts of {panel['reports']} provincial reports" in text
    assert f"{panel['right']:.3f} with the right value" in text


def test_another_accuracy_changes_the_readme_only(
    folder: Path, tmp_path: Path, go: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = schemas.document
    other = json.loads(json.dumps(given("accuracy.json")))
    other["panel"]["right"] = 0.1234
    monkeypatch.setattr(schemas, "document", lambda name: other if name == "accuracy.json" else given(name))
    store = Store(str(tmp_path / "other"))
    go(store, stored(store), stored(store, year=2017))
    new = tmp_path / "other" / "public" / "releases" / "1.0.0"
    different = {
        path.name
        for path in folder.iterdir()
        if hashlib.sha256(path.read_bytes()).digest()
        != hashlib.sha256((new / path.name).read_bytes()).digest()
    }
    assert different == {"README.md", "provenance.json", "checksums.sha256"}
    assert not go(Store(str(tmp_path)), stored(store), stored(store, year=2017)).new


def test_every_table_and_file_is_listed(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    for name in NAMES:
        assert f"\n## {name}\n" in text
        for form in schemas.table(name).formats:
            assert f"{name}.{form}" in text and (folder / f"{name}.{form}").exists()


def test_the_examples_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    text = (folder / "README.md").read_text("utf-8")
    python = "".join(re.findall(r"```python\n(.*?)```", text, re.S))
    names: dict[str, object] = {}
    exec(python, names)
    panel = names["panel"]
    assert isinstance(panel, pd.DataFrame) and len(panel) == 6
    queries = re.findall(r"```sql\n(.*?)```", text, re.S)
    assert len(queries) == 2
    for query in queries:
        duckdb.execute(query).fetchall()


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the optional data folder ../shared is absent")
def test_what_is_told_is_what_is_measured_now() -> None:
    from tests.benchmarks import accuracy

    told, now = schemas.document("accuracy.json"), accuracy.measured()
    for one, other in zip(told["observations"], now["observations"], strict=True):
        assert (one["on"], one["gold"]) == (other["on"], other["gold"])
        far = {
            rate: (one[rate], other[rate])
            for rate in other
            if rate != "on" and abs(one[rate] - other[rate]) > 0.01
        }
        assert not far, "run: python tests/benchmarks/accuracy.py --write"
    assert told["panel"]["right"] == pytest.approx(now["panel"]["right"], abs=0.01)
