"""`baogao evaluate` and `baogao extract --format html`: what is for auditing by eye and by count."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

import flows
from flows.cli import main

EXAMPLE = Path(__file__).parents[1] / "schemas" / "examples" / "jiaozuo-2016-digest.txt"


def coded(folder: Path) -> tuple[str, list[dict]]:
    """A small report and its records in FOLDER, two of them right and one wrong in its unit."""
    text = (
        "2024年1月20日在河南省第十四届人民代表大会第二次会议上\n"
        "各位代表：我受省人民政府委托，报告一年的工作。\n一、2023年工作回顾\n"
        "全省生产总值增长4.1%，新建农村公路6200公里，改造老旧小区3000个。\n"
    )
    rows = [
        {
            "start": text.index("4.1"),
            "value": 4.1,
            "unit": "%",
            "measure": "growth",
            "indicator": "gdp",
            "subject": "生产总值",
        },
        {
            "start": text.index("6200"),
            "value": 6200,
            "unit": "米",
            "measure": "level",
            "indicator": "rural_roads_built",
            "subject": "新建农村公路",
        },
        {
            "start": text.index("3000"),
            "value": 3000,
            "unit": "个",
            "measure": "level",
            "indicator": "old_communities_renovated",
            "subject": "改造老旧小区",
        },
    ]
    for row in rows:
        end = row["start"] + len(re.match(r"[\d.]+", text[row["start"] :]).group())  # type: ignore[union-attr]
        row |= {"end": end, "bound": "exact", "status": "actual", "period": "2023"}
    (folder / "henan-2024.txt").write_text(text, "utf-8")
    (folder / "henan-2024.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return text, rows


def test_evaluate_counts_what_agrees_with_the_coded_records(tmp_path):
    coded(tmp_path)
    done = CliRunner().invoke(main, ["evaluate", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    rates = {row["document"]: row for row in json.loads(done.stdout)}
    assert rates["all"] == {**rates["henan-2024"], "document": "all"}
    assert (rates["all"]["gold"], rates["all"]["recall"], rates["all"]["precision"]) == (3, 1.0, 1.0)
    assert (rates["all"]["unit"], rates["all"]["exact"], rates["all"]["code_recall"]) == (0.6667, 0.6667, 1.0)


def test_evaluate_prints_a_table_for_people(tmp_path):
    coded(tmp_path)
    lines = CliRunner().invoke(main, ["evaluate", str(tmp_path)]).stdout.splitlines()
    assert lines[0].split()[:4] == ["document", "gold", "recall", "precision"]
    assert [line.split()[0] for line in lines[1:]] == ["henan-2024", "all"]


def test_evaluate_says_what_is_missing_or_wrong(tmp_path):
    empty = CliRunner().invoke(main, ["evaluate", str(tmp_path)])
    assert empty.exit_code == 1 and "no coded records" in empty.stderr
    coded(tmp_path)
    with open(tmp_path / "henan-2024.jsonl", "a", encoding="utf-8") as records:
        records.write('\n{"start": 3}\n')
    broken = CliRunner().invoke(main, ["evaluate", str(tmp_path)])
    assert broken.exit_code == 1 and "line 4 is no coded record" in broken.stderr
    (tmp_path / "henan-2024.txt").unlink()
    alone = CliRunner().invoke(main, ["evaluate", str(tmp_path)])
    assert alone.exit_code == 1 and "henan-2024.txt" in alone.stderr


class _Marks(HTMLParser):
    """The tags that are open where text stands, and the text of every mark."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.numbers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "mark":
            self.numbers.append(data)


def test_the_page_marks_every_number_and_makes_no_request():
    done = CliRunner().invoke(main, ["extract", str(EXAMPLE), "--format", "html"])
    assert done.exit_code == 0, done.output
    page = _Marks()
    page.feed(done.stdout)
    rows = flows.extract_text(EXAMPLE.read_text("utf-8"))
    assert page.open == []
    assert page.numbers[3:] == ["".join(row.number_text.split()) for row in rows]
    assert "script" not in page.tags and "http" not in done.stdout


@pytest.mark.parametrize(
    "planted", ["<script>alert(1)</script>", "\u202e反\u202c", "&lt;", "\x07", "'\"><img src=x>"]
)
def test_text_that_looks_like_markup_is_shown_as_text(tmp_path, planted):
    text, _ = coded(tmp_path)
    file = tmp_path / "henan-2024.txt"
    file.write_text(text.replace("新建", planted + "新建") + text * 9, "utf-8")
    done = CliRunner().invoke(
        main, ["extract", str(file), "--format", "html", "--region", "410000", "--year", "2024"]
    )
    assert done.exit_code == 0, done.output
    page = _Marks()
    page.feed(done.stdout)
    assert page.tags == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "p",
        "mark",
        "span",
        "b",
    }
    assert not set(done.stdout) & set("\u202e\u202c\x07")
