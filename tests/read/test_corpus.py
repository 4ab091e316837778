"""The real reports beside the checkout: each is told, and nothing else is."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from pathlib import Path

import pytest

from flows.model import Capture, Rejected, Report
from flows.read import read_capture, read_text

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
PROVINCES = {
    "anhui": "340000",
    "beijing": "110000",
    "chongqing": "500000",
    "guangxi": "450000",
    "hebei": "130000",
    "henan": "410000",
    "hunan": "430000",
    "jiangxi": "360000",
    "jilin": "220000",
    "shandong": "370000",
    "shanghai": "310000",
    "shanxi": "140000",
    "sichuan": "510000",
    "xinjiang": "650000",
    "yunnan": "530000",
}

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the real reports are not there: {CORPUS}")


def read(path: Path, name: str | None = None) -> list[Report | Rejected]:
    data = path.read_bytes()
    capture = Capture(hashlib.sha256(data).hexdigest(), path.name, name or path.name, len(data), "")
    return read_capture(capture, data)


@pytest.mark.parametrize("year", [2025, 2026])
def test_provincial_reports_are_told_whatever_their_files_are_called(year: int) -> None:
    for path in sorted((CORPUS / f"provincial-{year}").iterdir()):
        (found,) = read(path, "unnamed")
        assert isinstance(found, Report), found
        assert found.report_id == f"{PROVINCES[path.stem.split('-')[0]]}-{year}"
        assert found.complete


def test_national_reports_are_told_from_decisions() -> None:
    path = CORPUS / "national.jsonl"
    given = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found = read(path)
    assert len(found) == len(given) == 54
    for said, one in zip(given, found, strict=True):
        if said["year"]:
            assert isinstance(one, Report) and one.report_id == f"100000-{said['year']}"
            assert one.text == said["content"] and one.complete
        else:
            assert isinstance(one, Rejected) and one.reason == "not-a-report"
    assert Counter(type(one) for one in found) == {Report: 34, Rejected: 20}


def test_no_national_report_is_told_wrongly_from_its_text_alone() -> None:
    lines = (CORPUS / "national.jsonl").read_text("utf-8").splitlines()
    told = 0
    for said in map(json.loads, lines):
        found = read_text(said["content"])
        if isinstance(found, Report):
            told += 1
            assert found.report_id == f"100000-{said['year']}"
    assert told >= 20


@pytest.mark.parametrize("name", ["jiaozuo-2016.txt", "unnamed"])
def test_the_newspaper_page_is_told_as_a_part(name: str) -> None:
    path = CORPUS / "jiaozuo-2016.txt"
    (found,) = read(path, name)
    assert isinstance(found, Report) and found.report_id == "410800-2016"
    assert not found.complete
    assert found.text == path.read_bytes().decode("utf-8").removeprefix("\ufeff")


def test_the_whole_corpus_is_read_in_seconds() -> None:
    paths = [path for path in CORPUS.rglob("*") if path.is_file()]
    start = time.process_time()
    for path in paths:
        read(path)
    assert time.process_time() - start < 6
