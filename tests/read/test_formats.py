"""Every format gives the report that is in it; what is wrong with a file is said in one line."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from typing import Any

import pytest

from flows import schemas
from flows.model import Capture, Rejected, Report
from flows.read import fingerprint, read_capture

TITLE = "2016年焦作市政府工作报告"
OPENING = "各位代表：\n我受市人民政府委托报告工作，请大家审议。\n"
BODY = "一、2015年工作回顾\n全市生产总值增长8.5%，城镇新增就业3万人，推进项目建设，改善人民生活。\n"
TEXT = f"{TITLE}\n{OPENING}{BODY}"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(data: bytes, name: str = "in", **given: Any) -> list[Report | Rejected]:
    sha256 = hashlib.sha256(data).hexdigest()
    return read_capture(Capture(sha256, name, name, len(data), "2026-01-01", **given), data)


def the_report(data: bytes, name: str = "in", **given: Any) -> Report:
    (found,) = read(data, name, **given)
    assert isinstance(found, Report), found
    return found


def the_rejection(data: bytes, name: str) -> Rejected:
    (found,) = read(data, name)
    assert isinstance(found, Rejected), found
    assert found.message.startswith(f"{found.origin}: ") and "\n" not in found.message
    return found


def docx(body: str, *, head: str = "", extra: dict[str, str] | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"{head}<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, text in (extra or {}).items():
            archive.writestr(name, text)
    return made.getvalue()


def paragraph(*texts: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{text}</w:t></w:r>" for text in texts) + "</w:p>"


def table(rows: list[list[str]], mark: str = ",") -> bytes:
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=mark).writerows(rows)
    return made.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("name", ["jiaozuo.txt", "jiaozuo.md", "no-ending", "wrong.html"])
def test_plain_text_stays_as_it_is(name: str) -> None:
    data = f"\ufeff{TEXT}".replace("\n", "\r\n").encode()
    assert the_report(data, name).text == TEXT.replace("\n", "\r\n")


def test_a_report_carries_what_is_known_of_it() -> None:
    found = the_report(TEXT.encode(), "jiaozuo.txt")
    assert (found.report_id, found.region_name, found.title) == ("410800-2016", "焦作市", TITLE)
    assert found.origin == "jiaozuo.txt" and found.complete
    assert found.text_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert found.capture_sha256 == found.text_sha256


def test_overrides_of_the_capture_are_heeded() -> None:
    assert the_report(TEXT.encode(), region="410300", year=2015).report_id == "410300-2015"


def test_a_page_gives_its_main_text() -> None:
    lines = "".join(f"<p>{line}</p>" for line in (OPENING + BODY).splitlines())
    page = (
        f"<!DOCTYPE html><html><head><meta charset='gbk'><title>{TITLE}-焦作市人民政府</title></head><body>"
        f"<nav><a href='/'>首页</a></nav><div><h1>政府工作报告</h1>{lines}"
        "<table><tr><td>工业增加值</td><td>9.1%</td></tr></table></div>"
        "<script>var a = 1;</script><footer>版权所有 2024年</footer></body></html>"
    )
    found = the_report(page.encode("gbk"), "page.txt")
    assert found.report_id == "410800-2016"
    assert "全市生产总值增长8.5%，城镇新增就业3万人" in found.text and "9.1%" in found.text
    assert "var a" not in found.text and "<p>" not in found.text
    assert found.text.count("\n") >= 4


def test_a_page_without_paragraphs_falls_back_on_its_words() -> None:
    page = "<html><body><div>" + "<br>".join(TEXT.splitlines()) + "</div></body></html>"
    assert the_report(page.encode()).text.splitlines() == TEXT.splitlines()


def test_a_page_without_words_is_told() -> None:
    assert the_rejection(b"<html><body><script>x()</script></body></html>", "a.html").reason == "empty"


def test_a_document_gives_paragraphs_and_tables_in_order() -> None:
    cell = "<w:tc>{}</w:tc>".format
    rows = f"<w:tbl><w:tr>{cell(paragraph('指标'))}{cell(paragraph('增长'))}</w:tr>"
    rows += f"<w:tr>{cell(paragraph('工业'))}{cell(paragraph('9', '.1%'))}</w:tr></w:tbl>"
    control = f"<w:sdt><w:sdtContent>{paragraph('一、2015年工作回顾')}</w:sdtContent></w:sdt>"
    deleted = "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
    deleted = f"<w:p>{deleted}<w:r><w:t>新</w:t><w:br/><w:t>行。</w:t></w:r></w:p>"
    data = docx(paragraph(TITLE) + paragraph("各位代表：") + control + rows + deleted)
    found = the_report(data, "wrong-name.txt")
    assert found.text == f"{TITLE}\n各位代表：\n一、2015年工作回顾\n指标\t增长\n工业\t9.1%\n新\n行。"


def test_a_nested_table_is_read_once() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('内')}</w:tc></w:tr></w:tbl>"
    data = docx(
        paragraph(TITLE) + paragraph("各位代表：好。") + f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    )
    assert the_report(data).text.count("内") == 1


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_table_gives_a_report_per_row(mark: str) -> None:
    rows = [["省份", "年份", "标题", "正文"], ["河南省", "2016", TITLE, TEXT], ["河南", "2015", "", ""]]
    rows.append(["山东省", "2017", "政府工作报告", f"政府工作报告\n{OPENING}全省粮食增产。"])
    found = read(table(rows, mark), "reports.csv")
    assert [one.report_id for one in found if isinstance(one, Report)] == ["410800-2016", "370000-2017"]
    (rejected,) = [one for one in found if isinstance(one, Rejected)]
    assert (rejected.origin, rejected.reason) == ("reports.csv#row 3", "empty")


def test_the_text_column_is_told_by_its_content() -> None:
    long = TEXT + BODY * 10
    assert the_report(table([["a", "b", "c"], ["河南", long, "x" * 900]]), "x").text == long


def test_a_table_of_one_column_is_read() -> None:
    assert the_report(table([["text"], [TEXT]]), "one.csv").text == TEXT


def test_prose_with_commas_is_no_table() -> None:
    text = f"Henan, Jiaozuo\n{TEXT}"
    assert the_report(text.encode()).text == text


def test_the_address_in_a_table_is_the_origin() -> None:
    rows = [["text", "source_url"], [TEXT, "https://www.example.org/1.html"]]
    assert the_report(table(rows)).origin == "https://www.example.org/1.html"


def test_a_bad_line_does_not_stop_the_others() -> None:
    lines = [json.dumps({"content": TEXT, "title": TITLE}), "{broken", "", json.dumps({"id": 1}), "[1]"]
    lines += [json.dumps({"content": TEXT.replace("2016", "2017"), "year": 2017}), '{"text": ""}']
    found = read("\n".join(lines).encode(), "all.jsonl")
    assert [one.report_id for one in found if isinstance(one, Report)] == ["410800-2016", "410800-2017"]
    rejected = {one.origin: one.reason for one in found if isinstance(one, Rejected)}
    assert rejected == {
        "all.jsonl#line 2": "broken-line",
        "all.jsonl#line 4": "no-text-field",
        "all.jsonl#line 5": "broken-line",
        "all.jsonl#line 7": "empty",
    }


def test_half_a_character_in_json_does_no_harm() -> None:
    found = the_report(json.dumps({"text": f"{TEXT}\ud800"}).encode())
    assert found.text == f"{TEXT}\ufffd" and found.text.encode()


BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>'


@pytest.mark.parametrize(
    ("data", "name", "reason", "says"),
    [
        (b"", "a.txt", "empty", "Give the file again in full"),
        (b"\x00\x01\x02" * 300, "a.txt", "binary", "Save the text as UTF-8"),
        ("été ".encode("latin-1") * 50, "a.txt", "unknown-encoding", "GB18030"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "unsupported", "old office program"),
        (b"no zip at all", "a.docx", "broken-docx", "it is no zip file"),
        (docx(paragraph(TITLE))[:200], "a.docx", "broken-docx", "save it as docx again"),
        (docx(paragraph(TITLE), head=BOMB), "a.docx", "broken-docx", "entities"),
        (docx("<w:p>"), "a.docx", "broken-docx", "save it as docx again"),
        (docx(""), "a.docx", "empty", "no text in it"),
        (b"a,b\n1,2\n3,4\n", "a.csv", "no-text-column", "(columns: a, b)"),
        (b"a,b\n1,2\n3,4\n", "a.txt", "no-text-column", 'Name the column of the report text "text"'),
        (b"just words\n", "a.csv", "no-text-column", "just words"),
        (b"text,year\n", "a.csv", "no-text-column", "text, year"),
        (b'{"a": 1}\n', "a.jsonl", "no-text-field", "(fields: a)"),
    ],
)
def test_bad_input_is_told(data: bytes, name: str, reason: str, says: str) -> None:
    rejected = the_rejection(data, name)
    assert rejected.reason == reason and says in rejected.message
    assert rejected.origin.startswith(name)


def test_a_document_without_its_main_part_is_told() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert "no word/document.xml" in the_rejection(made.getvalue(), "a.docx").message
    assert the_rejection(made.getvalue(), "a.xlsx").reason == "unsupported"


def test_a_document_that_unpacks_to_far_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.read.docx._LARGEST", 1000)
    assert "more than 1000 bytes" in the_rejection(docx(paragraph("字" * 2000)), "a.docx").message


def test_every_reason_has_its_message() -> None:
    for row in schemas.rows("reasons.csv"):
        made = schemas.rejected("a.txt", row["code"], detail="detail", limit=5)
        assert made.message.startswith("a.txt: ") and made.message.endswith(".") and "{" not in made.message


def test_the_fingerprint_is_stable() -> None:
    assert fingerprint() == fingerprint() and len(fingerprint()) == 64


def test_reading_a_text_loads_no_format_library() -> None:
    script = (
        "import sys; from flows.read import read_text; from flows.model import Report;"
        f"assert isinstance(read_text({TEXT!r}), Report);"
        "print([m for m in ('lxml', 'docx', 'trafilatura', 'yaml', 'pandas', 'prefect') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
