"""A correction from the command to the release: appended, applied, rebuilt, guarded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from flows import check, extract, extract_report, publish, read, work
from flows.check import Entry
from flows.cli import main
from flows.fetch.folder import captures
from flows.model import Capture, Release, Report
from flows.publish import PublishError
from flows.settings import settings
from flows.store import Store

TEXT = (
    "焦作市2016年政府工作报告\n各位代表：\n一、2015年工作回顾\n全市生产总值完成{value}亿元，增长8.5%。\n"
    + ("我们坚持稳中求进，全市经济社会保持平稳健康发展。\n" * 20)
)
AT = str(TEXT.format(value=1950).index("1950"))
REASON = "The statistical communiqué has 1926亿元."


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "mine.yaml"
    path.touch()
    monkeypatch.setenv("BAOGAO_CORRECTIONS", str(path))
    settings.cache_clear()
    yield path
    settings.cache_clear()


def extracted(store: Store, value: int) -> list[Entry]:
    """The report with VALUE as its product, captured, read and extracted as a run does it."""
    from flows import pipeline_state

    source = Path(store.root).parent / f"{value}.txt"
    source.write_text(TEXT.format(value=value), "utf-8")
    for one in captures([str(source)], store, region="410800", year=2016, max_bytes=10**6):
        assert isinstance(one, Capture), one
        found = list(read.read_capture(one, work.capture_bytes(store, one)))
        work.save_reading(store, work.reading_name(one, read.fingerprint()), found)
    for item in work.latest(pipeline_state.readings(store, work.captures(store))):
        report = work.load_report(store.root, item.report)
        assert isinstance(report, Report)
        name = work.extracted_name(item.report, extract.fingerprint())
        work.save_observations(store, name, extract_report(report))
    return pipeline_state.entries(store)


def released(store: Store, entries: list[Entry]) -> Release:
    return publish.publish(store, check.check(store, entries))


def product(release: Release) -> dict[str, Any]:
    rows = pq.read_table(f"{release.path}/observations.parquet").to_pylist()
    return next(row for row in rows if row["indicator"] == "gdp" and row["measure"] == "level")


def baogao(store: Store, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--output", store.root])


def correct(store: Store, *, offset: str = AT, field: str = "value", value: str = "192600000000") -> Result:
    given = ("--field", field, "--value", value, "--reason", REASON, "--who", "A. Reader")
    return baogao(store, "correct", "410800-2016", offset, *given)


def test_a_correction_is_applied_and_told_and_survives_a_rebuild(tmp_path: Path, mine: Path) -> None:
    store = Store(str(tmp_path / "out"))
    entries = extracted(store, 1950)
    assert product(released(store, entries))["value"] == 1.95e11
    done = correct(store)
    assert done.exit_code == 0, done.output
    assert f"{mine}:1: 410800-2016, number at {AT}: value is now 192600000000." in done.output
    checked = baogao(store, "corrections", "check")
    assert (checked.exit_code, "value holds\n1 correction, 0 wrong." in checked.output) == (0, True)
    second = released(store, entries)
    assert (second.version, second.changed) == ("1.0.1", 1)
    row = product(second)
    assert row["value"] == 1.926e11 and "corrected" in row["flags"]
    changes = store.read_json(f"public/releases/{second.version}/changes.json")["rows"]
    (change,) = [one for one in changes if (one["table"], one["change"]) == ("observations", "changed")]
    assert change["fields"]["value"] == [1.95e11, 1.926e11]
    (listed,) = pq.read_table(f"{second.path}/corrections.parquet").to_pylist()
    assert (listed["was"], listed["value"]) == ("195000000000", "192600000000")
    assert (listed["reason"], listed["who"]) == (REASON, "A. Reader")
    rebuilt = Store(str(tmp_path / "again"))
    assert product(released(rebuilt, extracted(rebuilt, 1950))) == row


def test_its_guard_fails_as_soon_as_the_source_is_mended(tmp_path: Path, mine: Path) -> None:
    store = Store(str(tmp_path / "out"))
    released(store, extracted(store, 1950))
    assert correct(store).exit_code == 0
    mended = Store(str(tmp_path / "mended"))
    entries = extracted(mended, 1926)
    told = baogao(mended, "corrections", "check")
    assert told.exit_code == 1 and "1 correction, 1 wrong." in told.output
    assert f"{mine}:1: 410800-2016, number at {AT}: value is 192600000000 without the" in told.output
    with pytest.raises(PublishError, match="is 192600000000 without the correction now"):
        released(mended, entries)
    assert not mended.exists("public/latest.json")
    other = Store(str(tmp_path / "other"))
    with pytest.raises(PublishError, match="value is 200000000000 and not 195000000000 as expected"):
        released(other, extracted(other, 2000))


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"field": "valeu"}, "--field 'valeu' cannot be corrected; known: indicator, subject"),
    ({"value": "1926亿"}, "--value: value is '1926亿', which is no number"),
    ({"field": "measure", "value": "growht"}, "--value: measure 'growht' is not known; known: level"),
    ({"offset": "3"}, f"there is no such number; known: {AT} (1950亿)"),
    ({"value": "195000000000"}, "There is nothing to correct"),
]


def test_what_cannot_be_corrected_is_refused_and_nothing_is_written(tmp_path: Path, mine: Path) -> None:
    store = Store(str(tmp_path / "out"))
    extracted(store, 1950)
    for given, says in REFUSED:
        done = correct(store, **given)
        assert done.exit_code == 1 and says in done.output, done.output
    absent = baogao(store, "correct", "410800-2017", AT, "--field", "value", "--value", "1", "--reason", "x")
    assert absent.exit_code == 1 and "There is no report 410800-2017; known: 410800-2016" in absent.output
    assert mine.read_bytes() == b""
