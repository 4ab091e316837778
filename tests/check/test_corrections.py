"""Corrections: what is read from the files, what is applied and listed, and when one has done its work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows import check, publish, schemas
from flows.check import Checked, CorrectionsError, corrections
from flows.check.entries import Correction, appended, read
from flows.settings import settings
from flows.store import Store
from tests.builders import LINE, entry, observation, report, stored, usual

AT = LINE.format(value=1950).index("1950")
ENTRY = {
    "report": "410800-2016",
    "offset": str(AT),
    "field": "value",
    "expect": "195000000000",
    "value": "1.85e11",
    "reason": "The statistical communiqué has 1850亿元.",
    "who": "A. Reader",
}


def said(**given: str | None) -> str:
    """An entry as it is written, with what is GIVEN changed; None takes a key away."""
    keys = {**ENTRY, **given}
    return "- " + "\n  ".join(f"{key}: {value}" for key, value in keys.items() if value is not None) + "\n"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of corrections that the setting names; it is not there yet."""
    path = tmp_path / "mine.yaml"
    monkeypatch.setenv("BAOGAO_CORRECTIONS", str(path))
    settings.cache_clear()
    yield path
    settings.cache_clear()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "out"))


def rows(store: Store, found: Checked, name: str) -> list[dict[str, Any]]:
    with store.open(f"{found.path}/{name}.arrow") as file:
        kept: list[dict[str, Any]] = pa.ipc.open_file(file).read_all().to_pylist()
    return kept


def test_a_correction_is_applied_flagged_and_listed(store: Store, mine: Path) -> None:
    mine.write_text(said() + said(offset=None, observation_id="410800-2016-jobs", field="bound",
                                  expect="about", value="lower"), "utf-8")  # fmt: skip
    found = check.check(store, [stored(store), stored(store, year=2017)])
    plain = usual(report()) + usual(report(year=2017))
    plain[0] |= {"value": 1.85e11, "flags": ["corrected"]}
    plain[2] |= {"bound": "lower", "flags": ["corrected"]}
    assert rows(store, found, "observations") == plain
    assert found.blocked == ()
    assert rows(store, found, "corrections")[0] == {
        "report_id": "410800-2016",
        "observation_id": "410800-2016-gdp",
        "char_start": AT,
        "field": "value",
        "was": "195000000000",
        "value": "185000000000",
        "reason": ENTRY["reason"],
        "who": "A. Reader",
    }
    assert [row["field"] for row in rows(store, found, "corrections")] == ["value", "bound"]


def test_two_fields_of_one_number_are_corrected_together(store: Store, mine: Path) -> None:
    second = said(field="value_max", expect="null", value="1.96e11")
    mine.write_text(said(field="bound", expect="exact", value="range") + second, "utf-8")
    found = check.check(store, [stored(store)])
    kept = rows(store, found, "observations")[0]
    assert (kept["bound"], kept["value_max"], found.quarantined) == ("range", 1.96e11, 0)


def test_a_correction_does_not_escape_the_checks(store: Store, mine: Path) -> None:
    mine.write_text(said(field="bound", expect="exact", value="range"), "utf-8")
    found = check.check(store, [stored(store)])
    (held,) = rows(store, found, "quarantine")
    assert held["checks"] == ["range-has-both-ends"]


def test_another_correction_is_another_input(store: Store, mine: Path) -> None:
    entries = [stored(store)]
    before = check.fingerprint(entries)
    mine.write_text(said(), "utf-8")
    first = check.fingerprint(entries)
    mine.write_text(said(reason="Another one."), "utf-8")
    assert len({before, first, check.fingerprint(entries)}) == 3


GUARDED = {
    "mended": ({"value": 1.85e11}, "value is 185000000000 without the correction now. Remove the entry"),
    "other": ({"value": 9e9}, "value is 9000000000 and not 195000000000 as expected, in: 全市生产总值"),
    "gone": ({"char_start": 3, "char_end": 5}, "there is no such number; known: 3 (1950亿), "),
}


@pytest.mark.parametrize("case", GUARDED)
def test_what_is_not_as_expected_stops_the_build(store: Store, mine: Path, case: str) -> None:
    mine.write_text(f"# why\n{said()}", "utf-8")
    given, says = GUARDED[case]
    one = report()
    first, *others = usual(one)
    found = check.check(store, [entry(store, one, [{**first, **given}, *others])])
    (finding,) = found.blocked
    assert finding.message.startswith(f"{mine}:2: 410800-2016, number at {AT}: {says}")
    assert rows(store, found, "corrections") == []
    with pytest.raises(publish.PublishError, match="Nothing was published"):
        publish.publish(store, found)


def test_a_report_that_is_not_there_stops_the_build_unless_the_entry_travels_along(
    store: Store, mine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine.write_text(said(report="410800-2015"), "utf-8")
    (finding,) = check.check(store, [stored(store), stored(store, "410000")]).blocked
    says = "There is no report 410800-2015; known: 410800-2016 … (2 in all). Mend or remove the entry"
    assert finding.message == f"{mine}:1: {says}"
    monkeypatch.setattr(corrections, "files", lambda: [(corrections.BUNDLED, mine)])
    found = check.check(store, [stored(store), stored(store, "410000"), stored(store, "410100")])
    assert found.blocked == ()
    told = [one for one in check.findings(store, found) if one.check == "correction-has-its-report"]
    assert [(one.severity, one.message.split(": ")[0]) for one in told] == [
        ("warning", "schemas/corrections.yaml:1")
    ]


def test_the_same_field_corrected_twice_is_told(store: Store, mine: Path) -> None:
    again = said(offset=None, observation_id="410800-2016-gdp", value="1.8e11")
    mine.write_text(said() + again, "utf-8")
    (finding,) = check.check(store, [stored(store)]).blocked
    assert (
        finding.message.startswith(f"{mine}:8: ") and f"{mine}:1 corrects the same field" in finding.message
    )


def test_several_numbers_at_one_place_have_to_be_told_apart(store: Store, mine: Path) -> None:
    mine.write_text(said(), "utf-8")
    one = report()
    twin = observation(one, observation_id="twin", measure="change")
    (finding,) = check.check(store, [entry(store, one, [*usual(one), twin])]).blocked
    assert "several observations are meant (410800-2016-gdp, twin)" in finding.message


WRONG: list[tuple[str, int, str]] = [
    (said(feild="value"), 9, "'feild' is not known; known: report, offset, observation_id, field"),
    (said(field="valeu"), 4, "field 'valeu' cannot be corrected; known: indicator, subject, area"),
    (said(field="observation_id"), 4, "field 'observation_id' cannot be corrected"),
    (said(reason=None), 2, "reason is missing."),
    (said(reason=None, who=None), 2, "reason, who are missing."),
    (said(reason="''"), 7, "reason is empty."),
    (said(who="null"), 8, "who is empty."),
    (said(offset=None), 2, "Name the number by offset or by observation_id, one of both."),
    (said(observation_id="x"), 2, "Name the number by offset or by observation_id, one of both."),
    (said(offset="-3"), 3, "offset '-3' is no number of characters from 0."),
    (said(offset="1.5"), 3, "offset '1.5' is no number of characters from 0."),
    (said(report="Jiaozuo"), 2, "'Jiaozuo' is no report; write region code and year, like 410800-2016."),
    (said(report="999999-2016"), 2, "'999999-2016' is no report"),
    (said(value="1850亿"), 6, "value: value is '1850亿', which is no number"),
    (said(value=".inf"), 6, "which is no number"),
    (said(value="null"), 6, "value cannot be null."),
    (said(field="unit", expect="元", value="null"), 6, "for a number without a measure word write ''"),
    (said(value=ENTRY["expect"]), 6, "there is nothing to correct"),
    (said(field="measure", expect="level", value="growht"), 6, "known: level, growth, change"),
    (said(field="indicator", expect="gdp", value="gdp_per_captia"), 6, "known: gdp_per_capita"),
    (said(field="unit", expect="元", value="圆"), 6, "(schemas/units.csv has all"),
    (said(field="period", expect="2015", value="2015年"), 6, "does not look like"),
    (said(value="[1, 2]"), 6, "value is one text or number, and no list."),
    (said(reason='"\\ud83d"'), 7, "reason has half of a character ('\\ud83d'). Write the character itself"),
    (said(value='"\\udc00"'), 6, "value has half of a character ('\\udc00')"),
    (said() + said(who="[]"), 15, "who is one text or number"),
    (said().replace("  who", "  field: unit\n  who"), 8, "field is given twice."),
    ("- 3\n", 2, "An entry is a list of report, offset"),
    ("report: 410800-2016\n", 2, "Give a list of entries, each beginning with '- report:'."),
    (said() + "  - : [\n", 9, "This is no YAML"),
    ("- a: &a [*a]\n- *b\n", 3, "This is no YAML (found undefined alias"),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(WRONG)))
def test_a_wrong_entry_is_told_with_file_and_line(case: int) -> None:
    text, line, says = WRONG[case]
    with pytest.raises(CorrectionsError) as told:
        read("mine.yaml", f"# why\n{text}".encode())
    assert any(
        says in problem and problem.startswith(f"mine.yaml:{line}: ") for problem in told.value.problems
    ), told.value.problems


@pytest.mark.parametrize("data", [b"\xff\xfe\xff", b"\x00", b"[" * 5000])
def test_bytes_that_are_no_yaml_are_refused(data: bytes) -> None:
    with pytest.raises(CorrectionsError, match=r"mine\.yaml"):
        read("mine.yaml", data)


def test_everything_that_is_wrong_is_told_at_once(mine: Path) -> None:
    mine.write_text("# why\n" + said(field="x", offset="y") + said(report="z"), "utf-8")
    with pytest.raises(CorrectionsError) as told:
        corrections.load()
    assert [problem.split(": ")[0] for problem in told.value.problems] == [f"{mine}:{n}" for n in (3, 4, 9)]


def test_a_file_that_is_not_there_names_the_setting(mine: Path) -> None:
    with pytest.raises(
        CorrectionsError, match=r"mine\.yaml: No such file or directory\. Mend or unset BAOGAO_COR"
    ):
        corrections.load()


def test_an_empty_file_and_the_one_that_travels_along_hold() -> None:
    assert read("mine.yaml", b"# nothing yet\n") == read("mine.yaml", b"") == []
    read(corrections.BUNDLED, (schemas.folder() / "corrections.yaml").read_bytes())


def test_half_a_character_from_the_command_line_is_told() -> None:
    with pytest.raises(CorrectionsError, match=r"mine\.yaml:6: reason has half of a character"):
        appended("mine.yaml", b"", {**ENTRY, "reason": "\udced"})


FILES = {
    "nothing": "",
    "a comment": "# why\n",
    "an entry": said(),
    "no last line break": f"# a\n{said()}# b",
    "indented": f"  {said()}".replace("\n ", "\n   "),
    "of Windows": said().replace("\n", "\r\n"),
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
@pytest.mark.parametrize("reason", ["a: b # c", "'\"\\", "- x", "第一行\n第二行", "null", "2015", "x" * 500])
def test_what_is_appended_is_read_again_and_leaves_the_rest(text: str, reason: str) -> None:
    old = text.encode()
    given = {"report": "410800-2017", "offset": 9, "field": "period", "expect": "2015", "value": None}
    new = appended("mine.yaml", old, given | {"reason": reason, "who": "我"})
    before, after = read("mine.yaml", old), read("mine.yaml", old + new)
    assert after[:-1] == before
    shown = " ".join(reason.split())
    assert after[-1] == Correction(
        "mine.yaml", after[-1].line, "410800-2017", 9, None, "period", "2015", None, shown, "我"
    )
    assert (old + new).decode().splitlines()[after[-1].line - 1].strip() == "- report: 410800-2017"
    assert (old + new).endswith(b"\n")


def test_nothing_is_appended_to_a_list_in_brackets() -> None:
    with pytest.raises(CorrectionsError, match="Write the entries as lines"):
        appended("mine.yaml", b"[]\n", dict(ENTRY))
