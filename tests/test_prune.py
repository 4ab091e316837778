"""Only what no release needs goes, and a run after it finds nothing new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows import prune
from flows.prune import Needed, Old
from flows.settings import settings
from flows.store import Store
from tests.conftest import EXAMPLE, Command, latest

TEXT = EXAMPLE.read_text("utf-8")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two captures, one of them young, one file of each kind that is made, and what a source remembers."""
    made = Store(str(tmp_path))
    for sha256, day in (("aa", "2020-01-01"), ("bb", "2999-01-01")):
        made.write_bytes(f"work/captures/{sha256}", b"12345")
        made.write_json(f"work/captures/{sha256}.json", {"captured_at": f"{day}T00:00:00+00:00"})
    for name in ("work/read/k.json", "work/texts/t.txt", "work/extracted/e.jsonl", "work/checked/c/x.arrow"):
        made.write_bytes(name, b"1")
    made.write_bytes("work/sources/s.json", b"1")
    return made


def names(old: list[Old]) -> list[str]:
    return [one.name for one in old]


def test_what_is_needed_and_what_is_young_stays(store: Store) -> None:
    everything = list(prune.unneeded(store, lambda _: Needed(set(), set()), 30))
    assert names(everything) == [
        "work/captures/aa", "work/captures/aa.json", "work/checked/c/x.arrow", "work/extracted/e.jsonl",
        "work/read/k.json", "work/texts/t.txt",
    ]  # fmt: skip
    kept = Needed({"aa"}, {"work/checked/c", "work/extracted/e.jsonl", "work/read/k.json"})
    assert names(list(prune.unneeded(store, lambda _: kept, 30))) == ["work/texts/t.txt"]


def test_over_the_budget_is_a_warning(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert prune.over_budget(store) == ""
    monkeypatch.setenv("BAOGAO_DISK_BUDGET", "10")
    settings.cache_clear()
    try:
        assert "more than the 10 of BAOGAO_DISK_BUDGET" in prune.over_budget(store)
    finally:
        settings.cache_clear()


@pytest.mark.slow
def test_the_command_says_what_goes_and_loses_nothing(
    baogao: Command, tmp_path: Path, prefect_server: str
) -> None:
    output = tmp_path / "output"

    def done(*arguments: object) -> Any:
        given = baogao(*arguments, "--output", output, PREFECT_API_URL=prefect_server)
        assert given.returncode in (0, 1), given.stderr
        return given.stdout

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "jiaozuo.txt").write_text(TEXT, "utf-8")
    (tmp_path / "in" / "letter.txt").write_text("一封信，没有数字。", "utf-8")
    done("run", tmp_path / "in")
    (tmp_path / "in" / "jiaozuo.txt").write_text(TEXT.replace("3741万人次", "3742万人次"), "utf-8")
    done("run", tmp_path / "in")
    before = latest(output)
    assert (before["version"], len(captures(output))) == ("1.0.1", 3)

    told = json.loads(done("prune", "--days", "0", "--dry-run", "--json"))
    assert {one["what"] for one in told["files"]} >= {"captures", "read"}
    assert len(captures(output)) == 3
    assert "are gone" in done("prune", "--days", "0")
    # That of the letter goes; both releases keep theirs.
    assert len(captures(output)) == 2
    assert "Nothing new" in done("run")
    assert latest(output) == before
    assert "0 files" in done("prune", "--days", "0")


def captures(output: Path) -> list[Path]:
    return [path for path in (output / "work" / "captures").iterdir() if not path.suffix]
