"""The flows: what is done again and what is not, what is told, and that nothing depends on how it is run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import work
from flows.copies import Item
from flows.model import Capture, Rejected
from flows.settings import settings
from flows.summary import Summary
from tests.conftest import EXAMPLE, latest

TEXT = EXAMPLE.read_text("utf-8")
OTHER = TEXT.replace("焦作市", "濮阳市").replace("焦作", "濮阳")


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(output: Path, *paths: Path, **given: Any) -> tuple[Summary, Any]:
    """The summary of a run of the flow, and its final state."""
    from flows import pipeline

    parameters = {"paths": [str(path) for path in paths], "output": str(output), **given}
    state: Any = pipeline.baogao(**parameters, return_state=True)
    return state.result(raise_on_failure=False), state


def data(output: Path) -> dict[str, str]:
    """Hashes of the files in which no time may stand."""
    folder = output / "public" / latest(output)["path"]
    files = [*folder.glob("*.parquet"), *folder.glob("*.gz")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
class TestRuns:
    def test_what_is_unchanged_is_not_done_again(self, tmp_path: Path) -> None:
        first, state = run(tmp_path, EXAMPLE)
        assert (first.outcome, first.extracted, first.reports) == ("published", 1, ["410800-2016"])
        assert first.release is not None
        assert first.release.version == latest(tmp_path)["version"] == "1.0.0"
        assert state.name == "Published"

        second, state = run(tmp_path, EXAMPLE)
        assert (second.outcome, second.extracted, second.ok) == ("nothing-new", 0, True)
        assert state.name == "Nothing new"
        rebuilt, _ = run(tmp_path)
        assert (rebuilt.outcome, rebuilt.reports) == ("nothing-new", ["410800-2016"])

    def test_where_nothing_was_ever_captured_that_is_said(self, tmp_path: Path) -> None:
        summary, state = run(tmp_path)
        assert (summary.outcome, state.name, state.is_completed()) == ("empty", "Empty", True)

    def test_a_deployed_run_that_died_too_often_gives_up(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from flows import pipeline

        monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "00000000-0000-0000-0000-000000000000")
        monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__RUN_COUNT", str(settings().attempts + 1))
        state: Any = pipeline.baogao(paths=[str(EXAMPLE)], output=str(tmp_path), return_state=True)
        assert (state.name, state.is_failed(), "BAOGAO_ATTEMPTS" in state.message) == ("Gave up", True, True)
        assert not list(tmp_path.iterdir())

    def test_added_is_minor_and_corrected_is_patch(self, tmp_path: Path) -> None:
        run(tmp_path / "out", EXAMPLE)
        (tmp_path / "puyang.txt").write_text(OTHER, "utf-8")
        added, _ = run(tmp_path / "out", EXAMPLE, tmp_path / "puyang.txt")
        assert (added.extracted, latest(tmp_path / "out")["version"]) == (1, "1.1.0")

        (tmp_path / "puyang.txt").write_text(OTHER.replace("3741万人次", "3742万人次"), "utf-8")
        corrected, _ = run(tmp_path / "out", tmp_path / "puyang.txt")
        assert (corrected.extracted, latest(tmp_path / "out")["version"]) == (1, "1.1.1")
        assert corrected.release is not None
        # The number itself, and the growth that is quoted with the same sentence.
        assert (corrected.release.added, corrected.release.removed, corrected.release.changed) == (0, 0, 2)

    def test_processes_give_the_same_bytes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "a.txt").write_text(TEXT, "utf-8")
        (tmp_path / "in" / "b.txt").write_text(OTHER, "utf-8")
        run(tmp_path / "one", tmp_path / "in")
        monkeypatch.setenv("BAOGAO_POOL_CHARS", "0")
        monkeypatch.setenv("BAOGAO_BATCH_CHARS", "1")
        settings.cache_clear()
        summary, _ = run(tmp_path / "many", tmp_path / "in")
        assert summary.extracted == 2
        assert data(tmp_path / "many") == data(tmp_path / "one")

    def test_what_fails_is_told_and_the_rest_is_published(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from flows import extract

        sound = extract.extract_report

        def faulty(report: Any, view: Any, sections: Any) -> Any:
            if report.region_code == "410900":
                raise ZeroDivisionError("no such thing")
            return sound(report, view, sections)

        monkeypatch.setattr(extract, "extract_report", faulty)
        (tmp_path / "puyang.txt").write_text(OTHER, "utf-8")
        summary, _ = run(tmp_path / "out", EXAMPLE, tmp_path / "puyang.txt")
        assert not summary.ok
        assert [(one.origin, one.reason) for one in summary.rejected] == [("puyang.txt", "failed")]
        assert "ZeroDivisionError" in summary.rejected[0].message
        assert summary.release is not None
        assert summary.release.reports == 1

    def test_a_held_gate_leaves_the_last_release(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from flows import publish

        run(tmp_path / "out", EXAMPLE)

        def held(*_: object, **__: object) -> None:
            raise publish.PublishError("Nothing was published: too many rows fail.")

        monkeypatch.setattr(publish, "publish", held)
        (tmp_path / "puyang.txt").write_text(OTHER, "utf-8")
        summary, state = run(tmp_path / "out", tmp_path / "puyang.txt")
        assert (summary.outcome, summary.ok) == ("held", False)
        assert summary.headline() == "Nothing was published: too many rows fail."
        assert (state.type.value, state.name) == ("FAILED", "Held")
        assert latest(tmp_path / "out")["version"] == "1.0.0"

    def test_parameters_are_refused_before_anything_runs(self, tmp_path: Path) -> None:
        from flows.pipeline import ParameterTypeError, baogao

        with pytest.raises(ParameterTypeError, match="year: Input should be less than or equal to 2100"):
            baogao(paths=[str(EXAMPLE)], year=3000, output=str(tmp_path))
        assert not list(tmp_path.iterdir())

    def test_the_run_leaves_its_report_as_artifacts(self, tmp_path: Path) -> None:
        from prefect.artifacts import Artifact

        run(tmp_path, EXAMPLE, tmp_path / "missing.txt")
        report, table = Artifact.get("run-report"), Artifact.get("findings")
        assert "# Published with warnings" in str(report.data)  # type: ignore[union-attr]
        row = json.loads(table.data)[-1]  # type: ignore[union-attr, arg-type]
        assert (row["check"], row["count"]) == ("missing", 1)
        assert "missing.txt" in row["example"]


@given(st.lists(st.integers(0, 50)), st.integers(1, 60))
def test_batches_hold_everything_once_and_in_order(sizes: list[int], limit: int) -> None:
    cut = work.batches(range(len(sizes)), sizes, limit)
    assert [number for batch in cut for number in batch] == list(range(len(sizes)))
    assert all(batch for batch in cut)
    for batch in cut:
        assert len(batch) == 1 or sum(sizes[number] for number in batch) <= limit


def capture(sha256: str, captured_at: str) -> Capture:
    return Capture(sha256, "a.txt", "a.txt", 1, captured_at)


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_captures_the_latest_counts(turned: bool) -> None:
    def reading(sha256: str, when: str) -> tuple[Capture, work.Reading]:
        item = Item(sha256, 0, 1, {"report_id": "410800-2016"})
        return capture(sha256, when), work.Reading((item,), ())

    given = [reading("b", "2026-01-01"), reading("a", "2026-01-02"), reading("c", "2025-12-31")]
    assert [item.reading for item in work.latest(given[::-1] if turned else given)] == ["a"]
    same = [reading("b", "2026-01-01"), reading("a", "2026-01-01")]
    assert [item.reading for item in work.latest(same[::-1] if turned else same)] == ["b"]


def test_a_reading_does_not_depend_on_the_time_of_capture() -> None:
    one, other = capture("a", "2026-01-01"), capture("a", "2026-01-02")
    assert work.reading_name(one, "x") == work.reading_name(other, "x")
    assert work.reading_name(one, "x") != work.reading_name(one, "y")
    assert work.reading_name(one, "x") != work.reading_name(replace(one, region="410800"), "x")


@pytest.mark.parametrize(
    ("rejected", "others", "reports", "ok"),
    [(0, 0, 1, True), (1, 0, 1, False), (0, 1, 1, True), (0, 1, 0, False), (0, 0, 0, True)],
)
def test_texts_that_are_no_reports_count_only_where_nothing_else_came(
    rejected: int, others: int, reports: int, ok: bool
) -> None:
    one = Rejected("a.txt", "empty", "a.txt: There is no text in it.")
    summary = Summary("nothing-new", None, ["410800-2016"] * reports, 0, [one] * rejected, [one] * others)
    assert summary.ok is ok


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_runs_in_a_row_release_what_changed_and_leave_nothing_behind() -> None:
    """The benchmark of 200 runs, with six: three releases, and every one of them says what is so."""
    from tests.benchmarks.run import in_a_row

    first, second, third = in_a_row(6, every=2)
    assert [row["releases"] for row in (first, second, third)] == [1, 2, 3]
    assert third["open files"] <= second["open files"]
    # Of each change its capture (two files), what it held and its text stay.
    assert third["other files"] - second["other files"] == second["other files"] - first["other files"] == 2
