"""The suites as data: what is derived, what a wrong document is told, that nothing is dropped in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import check, schemas
from flows.check import SuiteError, corrections, expectations, suites
from flows.publish.tables import NAMES
from flows.store import Store
from tests.builders import stored

ITEM = {
    "type": "expect_column_values_to_be_in_set",
    "kwargs": {"column": "measure", "value_set": ["level"]},
    "severity": "warning",
    "meta": {"check": "is-a-level", "message": "it is no level"},
}


def written(*items: Any, name: str = "observations") -> str:
    """A document whose first expectation begins on line 4."""
    inside = ",\n".join(json.dumps(item) for item in items)
    return f'{{\n  "name": "{name}",\n  "expectations": [\n{inside}\n  ]\n}}\n'


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The suite of the panel in a folder of schemas that is a copy; it can be written anew."""
    for given in schemas.folder().rglob("*"):
        if given.is_file():
            path = tmp_path / given.relative_to(schemas.folder())
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(given)
    path = tmp_path / "expectations" / "panel.json"
    path.unlink()
    monkeypatch.setattr(schemas, "folder", lambda: tmp_path)
    for cached in (suites.suite, suites._written):
        cached.cache_clear()
    yield path
    for cached in (suites.suite, suites._written):
        cached.cache_clear()


def test_every_published_table_has_a_suite() -> None:
    assert set(suites.TABLES) == set(NAMES)
    for name in suites.TABLES:
        items = suites.suite(name)
        checks = [item["meta"]["check"] for item in items]
        assert len(checks) == len(set(checks)) > 2
        assert all(item["meta"]["message"] and item["severity"] in suites.SEVERITIES for item in items)
        assert any(item["type"].endswith("_to_be_unique") for item in items), "no key"


def test_flags_are_those_of_the_list() -> None:
    used = {item["meta"]["flag"] for item in suites.suite("observations") if "flag" in item["meta"]}
    assert used | {corrections.FLAG} == {row["flag"] for row in schemas.rows("flags.csv")}


def test_what_a_column_refers_to_is_asked_for() -> None:
    asked = {item["kwargs"].get("column") for item in suites.suite("targets")}
    assert {"region_code_exists", "indicator_exists", "actual_observation_id_exists"} <= asked


WRONG: list[tuple[Any, str]] = [
    (ITEM | {"severty": "info"}, "'severty' is not known; known: type, kwargs, severity, meta."),
    ({"type": "expect_x", "kwargs": {}}, "severity, meta are missing."),
    (ITEM | {"severity": "fatal"}, "severity 'fatal' is not known; known: critical, warning, info."),
    (ITEM | {"meta": {"check": "x"}}, "meta.message is missing or empty."),
    (ITEM | {"meta": {**ITEM["meta"], "flagg": "x"}}, "meta.flagg is not known; known: check, message, flag"),  # type: ignore[dict-item]
    (ITEM | {"meta": {**ITEM["meta"], "flag": "outlie"}}, "known: outlier"),  # type: ignore[dict-item]
    (ITEM | {"kwargs": {"column": "mesure"}}, "There is no column 'mesure' to look at; known: measure"),
    (ITEM | {"kwargs": ["measure"]}, "kwargs and meta are objects."),
    (ITEM | {"meta": {**ITEM["meta"], "check": "measure-is-known"}}, "Another check is called"),  # type: ignore[dict-item]
    (ITEM | {"type": "expect_column_mean_to_be_between"}, "asks neither of single rows nor of their number"),
    (ITEM | {"type": "expect_column_values_to_be_unique"}, "but observations is judged part by part"),
    (3, "An expectation is an object of type, kwargs, severity, meta."),
]


@pytest.mark.parametrize("case", range(len(WRONG)))
def test_a_wrong_expectation_is_told_with_file_and_line(case: int) -> None:
    item, says = WRONG[case]
    with pytest.raises(SuiteError) as told:
        suites.read("observations", written(ITEM, item))
    (problem,) = told.value.problems
    assert problem.startswith("schemas/expectations/observations.json:5: ") and says in problem


def test_a_wrong_document_is_told_with_file_and_line() -> None:
    with pytest.raises(SuiteError, match=r"observations\.json:4: This is no JSON"):
        suites.read("observations", written(ITEM)[:60])
    with pytest.raises(SuiteError, match=r'observations\.json:1: Give an object with "name" and a list'):
        suites.read("observations", "[]")
    with pytest.raises(SuiteError, match=r"name is 'panel'; it is the table's, 'observations'"):
        suites.read("observations", written(ITEM, name="panel"))


def test_an_unknown_expectation_is_refused(document: Path) -> None:
    document.write_text(
        written({**ITEM, "type": "expect_column_values_to_be_in_sets"}, name="panel"), "utf-8"
    )
    table = schemas.arrow_schema("panel").empty_table()
    with pytest.raises(SuiteError) as told:
        expectations.run("panel", table)
    (problem,) = told.value.problems
    assert problem.startswith("schemas/expectations/panel.json:4: Great Expectations does not know")
    assert "near to it: expect_column_values_to_be_in_set" in problem


def test_an_expectation_with_a_wrong_field_is_refused(document: Path) -> None:
    kwargs = {"column": "measure", "values": ["level"]}
    document.write_text(written({**ITEM, "kwargs": kwargs}, name="panel"), "utf-8")
    table = schemas.arrow_schema("panel").empty_table()
    with pytest.raises(SuiteError, match=r"panel\.json:4: expect_column_values_to_be_in_set .*values: extra"):
        expectations.run("panel", table)


def test_an_expectation_that_cannot_be_computed_is_told(document: Path) -> None:
    document.write_text(written(ITEM, name="panel"), "utf-8")
    table = schemas.arrow_schema("panel").empty_table()
    with pytest.raises(RuntimeError, match=r"panel\.json: .* cannot be computed: .*does not exist"):
        expectations.run("panel", table)  # whether what it refers to is there is no column of it


def test_a_suite_that_cannot_be_used_stops_the_check_before_it_begins(document: Path, tmp_path: Path) -> None:
    document.write_text(written({**ITEM, "severity": "fatal"}, name="panel"), "utf-8")
    store = Store(str(tmp_path / "out"))
    with pytest.raises(SuiteError, match=r"panel\.json:4: severity 'fatal' is not known"):
        check.check(store, [stored(store)])
    assert not list((tmp_path / "out" / "work").glob("checked/*"))
