"""PDF: reports and newspaper pages read like their plain text, hostile files are given up in time."""

from __future__ import annotations

import io
import time
import zlib

import pytest

import flows
from flows.model import Capture, Rejected, Report
from flows.read import read_capture
from flows.read.pdf import pdf_text
from flows.read.reasons import Unreadable

TITLE = "2024年河南省政府工作报告"
LINES = [
    "2024年1月28日在河南省第十四届人民代表大会第二次会议上",
    "各位代表：",
    "现在，我代表省人民政府报告工作，请各位代表审议，请省政协各位委员提意见。",
    "一、2023年工作回顾",
    "过去一年，全省上下团结一心，生产总值比上年多4.1%，规模以上工业增加值增长5%，固定资产投资增长2.1%，社会消费品零售"
    "总额增长6.5%，居民人均可支配收入增长6.1%，主要指标好于全国平均水平。",
    "新建农村公路6312公里，改造老旧小区3058个，城镇新增就业119.3万人，粮食产量连续七年稳定在1300亿斤以上。",
    "县域高中办学条件持续改善，新增普通高中学位12.8万个，新建社区养老服务设施417处，惠及老年人23.6万人。",
    "二、2024年工作安排",
    "今年经济社会发展主要预期目标是：生产总值增长5.5%，城镇新增就业110万人以上，物价涨幅3%左右，森林覆盖率达到"
    "25.9%。",
    "完成造林150万亩，新改建农村公路5000公里，建成高标准农田800万亩。",
    "谢谢大家！",
]
OTHER = [
    "市民热议新规划",
    "本报讯昨日记者走访多个社区，居民围绕公园建设展开讨论，大家纷纷表示期待早日开工建设，方便出行。",
]


def _canvas(buffer: io.BytesIO, **options):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return canvas.Canvas(buffer, pagesize=(595, 842), **options)


def _wrapped(lines: list[str], width: int) -> list[tuple[float, str]]:
    """Lines of at most WIDTH characters, the first of each paragraph indented by two."""
    rows = []
    for line in lines:
        indent = 2
        while line:
            rows.append((indent, line[: width - indent]))
            line, indent = line[width - indent :], 0
    return rows


def report_pdf(lines: list[str], size: float = 14, rows_on_page: int = 14, **options) -> bytes:
    """A report over several pages, with a running head and page numbers."""
    buffer = io.BytesIO()
    page = _canvas(buffer, **options)
    rows = _wrapped(lines, 32)
    for number, at in enumerate(range(0, len(rows), rows_on_page), start=1):
        page.setFont("STSong-Light", 9)
        page.drawString(80, 810, "河南省人民政府公报")
        page.drawCentredString(297, 30, f"— {number} —")
        page.setFont("STSong-Light", size)
        for row, (indent, text) in enumerate(rows[at : at + rows_on_page]):
            page.drawString(70 + indent * size, 760 - row * size * 1.6, text)
        page.showPage()
    page.save()
    return buffer.getvalue()


def newspaper_pdf(columns: list[list[str]], title: str, second: list[list[str]] | None = None) -> bytes:
    """A page of two columns under a heading that spans them, and perhaps a second page."""
    buffer = io.BytesIO()
    page = _canvas(buffer)
    for number, (head, parts) in enumerate([(title, columns), ("", second or [])], start=1):
        if not parts:
            continue
        page.setFont("STSong-Light", 9)
        page.drawString(60, 815, f"2024年2月5日 星期一 第{number}版 要闻 责任编辑 某某")
        page.setFont("STSong-Light", 22)
        page.drawString(120, 770, head)
        page.setFont("STSong-Light", 10)
        for column, lines in enumerate(parts):
            for row, (indent, text) in enumerate(_wrapped(lines, 22)):
                page.drawString(60 + column * 250 + indent * 10, 730 - row * 15, text)
        page.showPage()
    page.save()
    return buffer.getvalue()


def read(data: bytes) -> Report:
    [found] = read_capture(Capture("", "r.pdf", "r.pdf", len(data), ""), data)
    assert isinstance(found, Report), found
    return found


def rows(text: str) -> list[tuple]:
    found = flows.extract_text(text, "410000", 2024)
    return [
        (o.subject, o.indicator, o.measure, o.status, o.period, o.value, o.unit, o.bound, o.quote)
        for o in found
    ]


PLAIN = "\n".join([TITLE, *LINES])


def test_a_report_over_pages_reads_like_its_plain_text():
    report = read(report_pdf([TITLE, *LINES]))
    assert report.report_id == "410000-2024" and "公报" not in report.text and "— 2 —" not in report.text
    assert len(rows(PLAIN)) > 15 and rows(report.text) == rows(PLAIN)


@pytest.mark.parametrize("half", [4, 5, 6])
def test_a_newspaper_page_in_columns_reads_like_its_plain_text(half):
    report = read(newspaper_pdf([LINES[:half], LINES[half:]], TITLE))
    assert "星期一" not in report.text
    assert rows(report.text) == rows(PLAIN)


def test_a_sentence_goes_on_in_the_next_column():
    long = LINES[4]
    data = newspaper_pdf([[*LINES[:4], long[:42]], [long[42:], *LINES[5:]]], TITLE)
    # The second column begins with the middle of a sentence: no indent there.
    assert long[36:48] in pdf_text(data).replace("\n", "")


def test_parts_on_two_pages_are_joined_and_what_stands_between_is_left_out():
    first = [[*LINES[:4]], [*LINES[4:6], "（下转2版）", *OTHER]]
    data = newspaper_pdf(first, TITLE, [["（上接1版）", *LINES[6:8]], LINES[8:]])
    report = read(data)
    assert "市民热议" not in report.text and "版）" not in report.text
    assert rows(report.text) == rows(PLAIN)


def test_a_part_without_the_other_is_no_whole_report():
    data = newspaper_pdf([[*LINES[:4]], [*LINES[4:6], "（下转2版）"]], TITLE)
    assert not read(data).complete


def looping() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>endobj\n"
        b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
        b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n117\n%%EOF"
    )


def bomb() -> bytes:
    packed = zlib.compress(b" " * 200_000_000 + b"BT ET")
    packed = zlib.compress(packed)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n4 0 obj<</Length "
        + str(len(packed)).encode()
        + b"/Filter[/FlateDecode/FlateDecode]>>stream\n"
        + packed
        + b"\nendstream endobj\ntrailer<</Size 5/Root 1 0 R>>\n%%EOF"
    )


def empty_page() -> bytes:
    buffer = io.BytesIO()
    page = _canvas(buffer)
    page.rect(100, 100, 200, 200, fill=1)
    page.showPage()
    page.save()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (empty_page(), {"scanned-pdf"}),
        (report_pdf(LINES)[:400], {"broken-pdf"}),
        (b"%PDF-1.7\n\x00", {"broken-pdf"}),
        (looping(), {"broken-pdf", "hostile-pdf", "scanned-pdf"}),
        (bomb(), {"hostile-pdf", "scanned-pdf"}),
    ],
    ids=["picture", "cut", "nothing", "loop", "bomb"],
)
def test_what_cannot_be_read_is_told_in_time(data, reasons):
    begun = time.monotonic()
    [found] = read_capture(Capture("", "r.pdf", "r.pdf", len(data), ""), data)
    assert isinstance(found, Rejected) and found.reason in reasons
    assert time.monotonic() - begun < 60


def test_a_password_is_told():
    from reportlab.lib import pdfencrypt

    data = report_pdf(LINES, encrypt=pdfencrypt.StandardEncryption("secret"))
    with pytest.raises(Unreadable) as caught:
        pdf_text(data)
    assert caught.value.at("x").reason == "broken-pdf"


def test_time_is_bounded(monkeypatch):
    monkeypatch.setattr("flows.read.pdf._SECONDS", 0.01)
    with pytest.raises(Unreadable) as caught:
        pdf_text(report_pdf(LINES))
    assert caught.value.at("x").reason == "hostile-pdf"
