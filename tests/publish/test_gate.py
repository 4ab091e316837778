"""The gate: what keeps it closed, what is left to look at, and how it is overruled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows import check, publish
from flows.cli import main
from flows.publish import PublishError, gate
from flows.settings import settings
from flows.store import Store
from tests.builders import entry, observation, report, stored, usual
from tests.publish.conftest import Publish


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def latest(store: Store) -> str:
    return str(store.read_json("public/latest.json")["version"])


def held(store: Store, error: pytest.ExceptionInfo[PublishError]) -> Path:
    """The candidate that the message of ERROR leads to."""
    path = Path(str(error.value).rpartition("Look at ")[2].partition(";")[0])
    assert json.loads((path / "datapackage.json").read_text("utf-8"))["resources"]
    return path


def test_too_many_rows_in_quarantine_keep_it_closed(store: Store) -> None:
    one = report()
    first, *others = usual(one)
    checked = check.check(store, [entry(store, one, [{**first, "measure": "size"}, *others])])
    with pytest.raises(PublishError, match=r"33\.3% of the rows are in quarantine, at most 2\.0%") as error:
        publish.publish(store, checked)
    assert "410800-2016-gdp: measure is none of" in str(error.value)
    assert (held(store, error) / "quarantine.parquet").exists() and not store.exists("public/latest.json")
    done = publish.publish(store, checked, force="The other rows are right, and the slip is known.")
    provenance = store.read_json(f"public/releases/{done.version}/provenance.json")
    assert provenance["forced"] == "The other rows are right, and the slip is known."
    assert "BAOGAO_GATE_QUARANTINE" in provenance["gate"][0]
    assert "the slip is known" in store.read_bytes("public/quality/index.html").decode()


def test_a_fall_and_lost_reports_keep_it_closed(store: Store, go: Publish) -> None:
    many = [stored(store, year=year) for year in range(2010, 2017)]
    go(store, *many)
    with pytest.raises(PublishError) as error:
        go(store, *many[:-1])
    said = str(error.value)
    assert "observations fall by 14.3%, from 21 to 18, at most 10.0%" in said
    assert "1 reports are lost, at most 0 may be (BAOGAO_GATE_REPORTS_LOST)\n  410800-2016" in said
    assert "headline indicators fall by" in said
    assert latest(store) == "1.0.0" and held(store, error)


def test_the_thresholds_are_settings(store: Store, go: Publish, limits: pytest.MonkeyPatch) -> None:
    many = [stored(store, year=year) for year in range(2010, 2017)]
    go(store, *many)
    for name in ("FALL", "HEADLINE_FALL"):
        limits.setenv(f"BAOGAO_GATE_{name}", "0.2")
    limits.setenv("BAOGAO_GATE_REPORTS_LOST", "1")
    settings.cache_clear()
    assert go(store, *many[:-1]).new


def test_bad_reading_keeps_it_closed(store: Store) -> None:
    checked = check.check(store, [stored(store)])
    with pytest.raises(PublishError, match=r"50\.0% of the coded example .* at least 80\.0%") as error:
        publish.publish(store, checked, accuracy=(0.5, ["683 20.4亿: not found"]))
    assert "(BAOGAO_GATE_ACCURACY)\n  683 20.4亿: not found" in str(error.value)
    assert publish.publish(store, checked, accuracy=(0.9, ["x"])).new


def test_metadata_that_are_not_complete_keep_it_closed(store: Store, limits: pytest.MonkeyPatch) -> None:
    described = [
        {"name": "panel", "title": "", "description": "x", "schema": {"fields": [
            {"name": "value", "description": " "}, {"name": "unit", "description": "x"}]}},
    ]  # fmt: skip
    (said,) = gate.lacking(described)
    assert said.startswith("50.0% of the tables and columns are described, at least 100.0% must be")
    assert said.endswith("(BAOGAO_GATE_METADATA)\n  panel.value\n  panel (title)")
    limits.setenv("BAOGAO_GATE_METADATA", "0.5")
    settings.cache_clear()
    assert gate.lacking(described) == []


def test_the_ten_worst_rows_are_shown(store: Store) -> None:
    one = report()
    rows = [{**usual(one)[0], "observation_id": f"{one.report_id}-{n}", "measure": "size"} for n in range(15)]
    rows[7] |= {"status": "done", "unit": "元元"}
    checked = check.check(store, [entry(store, one, [*rows, *usual(one)])])
    with pytest.raises(PublishError) as error:
        publish.publish(store, checked)
    shown = str(error.value).partition("BAOGAO_GATE_QUARANTINE)\n")[2].partition("\nLook at")[0].split("\n")
    assert len(shown) == 10 and shown[0].startswith(f"  {one.report_id}-7: ")


def test_nothing_is_never_published_not_even_by_force(store: Store) -> None:
    publish.publish(store, check.check(store, [stored(store)]))
    one = report()
    bad = [{**row, "measure": "size"} for row in usual(one)]
    checked = check.check(store, [entry(store, one, bad)])
    with pytest.raises(PublishError, match="Nothing was published"):
        publish.publish(store, checked, force="I want it all the same.")
    assert latest(store) == "1.0.0"


def test_check_prints_what_was_found(store: Store) -> None:
    twice = report(text="全市生产总值完成1950亿元，增长8.5%，城镇新增就业3万人左右。生产总值增长5.8%。\n")
    rows = [
        *usual(twice),
        {**usual(twice)[1], "observation_id": f"{twice.report_id}-again", "value": 5.8, "number_text": "5.8"},
    ]
    start = twice.text.index("5.8")
    rows[-1] |= {"char_start": start, "char_end": start + 3}
    publish.publish(store, check.check(store, [entry(store, twice, rows)]))
    said = CliRunner().invoke(main, ["check", "--output", store.root])
    assert said.exit_code == 0 and "stated-twice" in said.output and "2" in said.output
    told = json.loads(CliRunner().invoke(main, ["check", "--json", "--output", store.root]).output)
    (one,) = (row for row in told["checks"] if row["check"] == "stated-twice")
    assert (one["failed"], one["severity"], one["asked"]) == (2, "warning", 4)
    page = store.read_bytes("public/quality/discrepancies.html").decode()
    assert "elsewhere in the same report" in page and "<script" not in page and "http" not in page
    unknown = CliRunner().invoke(main, ["check", "--release", "9.9.9", "--output", store.root])
    assert unknown.exit_code == 2 and "known: 1.0.0" in unknown.output


def test_what_is_found_of_reports_is_said_in_full(store: Store) -> None:
    one = report(text="全市生产总值完成1950亿元。\n")
    publish.publish(store, check.check(store, [entry(store, one, [observation(one)])]))
    said = CliRunner().invoke(main, ["check", "--output", store.root]).output
    found = "usual-length: 410800-2016: the text is unusually short or long for a report (characters is 16)"
    assert found in said
    assert found.partition(": ")[2] in store.read_bytes("public/quality/index.html").decode()


def test_pages_show_hostile_text_as_text(store: Store) -> None:
    hostile = '<script>alert("x")</script>&"\u202e\x00'
    twice = report(text=f"生产总值增长8.5%。生产总值增长5.8%{hostile}。\n")
    growth = {**usual(report())[1], "report_id": twice.report_id, "quote": twice.text.strip()}
    rows = [
        {**growth, "observation_id": f"{twice.report_id}-{number}", "value": float(number),
         "number_text": number, "char_start": twice.text.index(number),
         "char_end": twice.text.index(number) + 3}
        for number in ("8.5", "5.8")
    ]  # fmt: skip
    publish.publish(store, check.check(store, [entry(store, twice, rows)]))
    page = store.read_bytes("public/quality/discrepancies.html").decode()
    assert "&lt;script&gt;" in page and "<script" not in page
