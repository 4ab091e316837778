"""Bytes become text in whatever encoding they came, or it is said why not."""

from __future__ import annotations

import random

import pytest

from flows.read import decode
from flows.read.reasons import Unreadable

SIMPLE = "2016年焦作市政府工作报告\r\n各位代表：全市生产总值增长8.5%，“十三五”开局良好。\n"
COMPLEX = "各位代表：我們的國民經濟有了很大的發展，全國人民的生活也改善了，這是一個進步。\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLE, "utf-8"),
        (SIMPLE, "utf-8-sig"),
        (SIMPLE, "utf-16"),
        (SIMPLE, "gb18030"),
        (SIMPLE, "gbk"),
        (SIMPLE + "㐀𠀀", "gb18030"),
        (COMPLEX, "utf-8"),
        (COMPLEX, "gb18030"),
        (COMPLEX, "big5"),
        ("plain words\n", "ascii"),
    ],
)
def test_text_is_read_in_its_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_both_orders_of_utf_16_are_read() -> None:
    assert decode(b"\xff\xfe" + SIMPLE.encode("utf-16-le")) == SIMPLE
    assert decode(b"\xfe\xff" + SIMPLE.encode("utf-16-be")) == SIMPLE


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (bytes(range(256)) * 40, "binary"),
        (random.Random(1).randbytes(20_000), "binary"),
        (b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 500, "binary"),
        ("Les élèves français étudient à l'école. ".encode("latin-1") * 20, "unknown-encoding"),
        ("Отчёт о работе правительства области. ".encode("koi8-r") * 20, "unknown-encoding"),
        ("これは日本語の文章です。カタカナもあります。".encode("shift-jis") * 20, "unknown-encoding"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "unknown-encoding"),
        ("政府工作报告".encode()[:-1], "unknown-encoding"),
    ],
)
def test_what_is_no_text_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        decode(data)
    assert error.value.reason == reason
