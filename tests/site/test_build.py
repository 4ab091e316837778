"""What the pages hold and when they are written, without a browser."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import html5lib
import pytest

from flows import publish, schemas
from flows.publish import releases, site
from flows.publish.site import search, words
from flows.publish.site.files import Files
from flows.publish.tables import tables
from flows.settings import settings
from flows.store import Store
from tests.builders import stored
from tests.publish.conftest import Publish
from tests.site.conftest import built, correction, hostile, text_of

KINDS = (
    "index", "indicators", "regions", "reports", "releases", "quality", "discrepancies", "codebook", "use",
    "about", "search", "data", "report/410800-2016", "region/410800", "indicator/gdp",
)  # fmt: skip
NASTY = (
    '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202eecilop\u202c\u061c\x00\x07\x1b[31m</title>'
    "</style>{{ 7*7 }}&lt;b&gt;&#x3c;i>javascript:alert(1)'--😀𠮷\u200f"
)


def page(public: Path, name: str, language: str = "en") -> str:
    return (public / language / f"{name}.html").read_text("utf-8")


def test_every_kind_of_page_is_there_in_both_languages_and_valid(public: Path) -> None:
    parser = html5lib.HTMLParser(strict=True)
    for language in words.LANGUAGES:
        for kind in KINDS:
            html = page(public, kind, language)
            parser.parse(html)
            assert f'<html lang="{words.TAGS[language]}">' in html
            assert re.search(r'<meta name="description" content="[^"]{15,}">', html), kind
    parser.parse((public / "index.html").read_text("utf-8"))


def test_a_report_shows_its_text_with_each_number_marked_and_recorded(public: Path) -> None:
    html = page(public, "report/410800-2016")
    number = '<a class="n n-actual coded" id="410800-2016-gdp" href="#r-410800-2016-gdp">1950亿</a>'
    assert f"全市生产总值完成{number}元，增长" in html
    row = html.partition('<tr id="r-410800-2016-gdp">')[2].partition("</tr>")[0]
    assert 'href="#410800-2016-gdp"' in row
    assert "195 billion yuan" in row
    assert "Gross domestic product" in row


def test_links_and_anchors_lead_somewhere(public: Path) -> None:
    ids: dict[Path, set[str]] = {}

    def known(path: Path) -> set[str]:
        if path not in ids:
            ids[path] = set(re.findall(r' id="([^"]+)"', path.read_text("utf-8")))
        return ids[path]

    count = 0
    for path in public.rglob("*.html"):
        if path.is_relative_to(public / "quality"):
            continue
        for href in re.findall(r'<(?:a|link) [^>]*?href="([^"]*)"', path.read_text("utf-8")):
            if href.startswith(("https://creativecommons.org/", "search.html?")):
                continue
            where, _, anchor = href.partition("#")
            target = (path.parent / where).resolve() if where else path
            assert target.exists(), (path, href)
            if anchor and target.name != "data.html":
                assert anchor in known(target), (path, href)
            count += 1
    assert count > 500


def test_from_a_value_anywhere_to_its_number(public: Path) -> None:
    link = '<a href="{}report/410800-2017.html#410800-2017-gdp">208 billion yuan</a>'
    assert link.format("../") in page(public, "region/410800")
    assert link.format("../") in page(public, "indicator/gdp")
    assert '<a href="report/410000-2017.html#410000-2017-growth">+8.5%</a>' in page(public, "index")


def test_what_did_not_change_is_not_written_again(store: Store, go: Publish, public: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in public.rglob("*") if path.is_file()}
    assert site.build(store, "1.0.0").written == 0
    go(
        store,
        stored(store),
        stored(store, year=2017, value=2080),
        stored(store, "410000", 2017, 40000),
        stored(store, "420000", 2017, 30000),
        now=datetime(2026, 3, 4, tzinfo=UTC),
    )
    done = site.build(store, "1.1.0")
    after = {path: path.stat().st_mtime_ns for path in public.rglob("*") if path.is_file()}
    written = {path.relative_to(public).as_posix() for path in after if before.get(path) != after[path]}
    assert done.kept > done.written
    assert {"en/report/420000-2017.html", "zh/region/420000.html", "en/indicator/gdp.html"} <= written
    assert not {"en/report/410800-2016.html", "zh/region/410800.html", "assets/style.css"} & written
    dates = json.loads((public / "site.json").read_text("utf-8"))["files"]
    assert dates["en/report/410800-2016.html"][2] == "2026-01-02"
    assert dates["en/indicator/gdp.html"][2] == "2026-03-04"


def test_a_report_that_is_gone_takes_its_pages_along(store: Store, go: Publish, public: Path) -> None:
    go(store, stored(store), stored(store, year=2017, value=2080), force="One report is gone on purpose.")
    built(store)
    assert not (public / "en/report/410000-2017.html").exists()
    assert not (public / "data/region/410000.js").exists()


def test_the_first_build_after_another_one_was_killed_makes_all_good(store: Store, public: Path) -> None:
    (public / "en" / "report" / "410800-2016.html").unlink()
    assert site.build(store, "1.0.0").written == 1


def test_texts_from_outside_stay_texts(
    store: Store, go: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGAO_CORRECTIONS", str(correction(tmp_path, NASTY)))
    settings.cache_clear()
    go(store, hostile(store, NASTY))
    public = built(store)
    parser = html5lib.HTMLParser(strict=True)
    for path in (public / "en").rglob("*.html"):
        html = path.read_text("utf-8")
        parser.parse(html)
        assert "<script>alert" not in html
        assert "<img" not in html
        assert 'href="javascript' not in html
        assert not re.search("[\x00-\x08\x0b-\x1f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", html), path
    shown = text_of(page(public, "report/410800-2016"))
    plain = re.sub("[\x00-\x08\x0b-\x1f\u061c\u200f\u202a-\u202e]", "\ufffd", NASTY)
    assert f"{plain}报告" in shown
    assert f"{plain} why" in text_of(page(public, "quality"))
    assert 'id="410800-2016-other"' in page(public, "report/410800-2016")


def test_very_long_texts_are_cut_in_lists(store: Store, go: Publish) -> None:
    go(store, hostile(store, "长" * 200_000))
    public = built(store)
    assert len(page(public, "report/410800-2016")) < 700_000
    for name in ("region/410800", "indicator/gdp", "index"):
        assert len(page(public, name)) < 60_000
    assert sum(path.stat().st_size for path in (public / "data").rglob("*.js")) < 500_000


def test_all_that_is_said_in_english_is_said_in_chinese() -> None:
    sentences = [row["message_en"] for row in schemas.rows("flags.csv")]
    sentences += [row[name] for row in schemas.rows("crosschecks.csv") for name in ("title_en", "meaning_en")]
    sentences += [table.description for table in tables()]
    sentences += [column.description for table in tables() for column in table.columns]
    folder = Path(site.__file__).parent / "templates"
    for path in folder.glob("*.html"):
        sentences += re.findall(r'\bt\("([^"]+)"', path.read_text("utf-8"))
        sentences += re.findall(r"\bt\('([^']+)'", path.read_text("utf-8"))
    missing = {one for one in sentences if one not in words.chinese()}
    assert not missing, "say it in Chinese in flows/publish/site/chinese.yaml"


def test_numbers_and_periods_read_well() -> None:
    row = {"value": 103_800_000_000.0, "value_max": None, "unit": "元", "measure": "level", "bound": "exact"}
    assert words.value(row, "zh") == "1,038亿元"
    assert words.value(row, "en") == "103.8 billion yuan"
    growth = {**row, "value": -0.88, "unit": "%", "measure": "growth", "bound": "about"}
    assert (words.value(growth, "zh"), words.value(growth, "en")) == ("−0.88%左右", "about −0.88%")
    fall = {**growth, "bound": "lower"}
    assert (words.value(fall, "zh"), words.value(fall, "en")) == ("下降0.88%以上", "down at least 0.88%")
    assert words.amount(-1, "百分点", "en") == "-1 percentage point"
    assert [words.said("{n} reports", "en", n=count) for count in (1, 2)] == ["1 report", "2 reports"]
    span = {**row, "value": 6.0, "value_max": 6.5, "unit": "%", "measure": "growth", "bound": "range"}
    assert words.value(span, "en") == "+6–6.5%"
    assert words.value({**row, "value": 2.0, "unit": "位", "measure": "rank"}, "zh") == "第2位"
    given = ("2015", "2011/2015", "2015-H1", "2015-Q3", "2015-03", None)
    shown = ["2015", "2011–2015", "H1 2015", "Q3 2015", "March 2015", ""]
    assert [words.period(one, "en") for one in given] == shown
    assert words.period("2015-H1", "zh") == "2015年上半年"


def test_where_the_site_stands_is_said_in_links_and_in_the_map(
    store: Store, go: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGAO_SITE_URL", "https://baogao.example/data")
    settings.cache_clear()
    go(store, stored(store))
    public = built(store)
    assert '<link rel="canonical" href="https://baogao.example/data/zh/index.html">' in page(
        public, "index", "zh"
    )
    sitemap = (public / "sitemap.xml").read_text("utf-8")
    assert (
        "<loc>https://baogao.example/data/en/report/410800-2016.html</loc><lastmod>2026-01-02</lastmod>"
        in sitemap
    )
    assert "Sitemap: https://baogao.example/data/sitemap.xml" in (public / "robots.txt").read_text("utf-8")


def test_the_index_has_the_way_from_report_to_report(store: Store) -> None:
    index = search.Index()
    for number in range(800):
        index.add(["亩产"] if number in (0, 1, 27, 753) else [])
    index.write(Files(store, "2026-01-01", "a test"))
    parts = [path.read_text("utf-8") for path in Path(store.path("public/data/search")).iterdir()]
    assert len(parts) == search.SHARDS
    assert next(part for part in parts if "亩产" in part).endswith(',\'{"亩产":"BBbAbbY"}\');\n')


def test_the_data_set_is_described_for_search_engines(public: Path) -> None:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page(public, "index"), re.DOTALL)
    assert found
    told = json.loads(found[1])
    assert (told["@type"], told["version"], told["temporalCoverage"]) == ("Dataset", "1.0.0", "2016/2017")
    files = {one["name"]: one for one in told["distribution"]}
    assert (public / "en" / files["panel.parquet"]["contentUrl"]).resolve().is_file()


def test_pages_that_fail_are_told_and_lose_nothing(
    store: Store, go: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = go(store, stored(store))
    monkeypatch.setattr(site.catalogue, "write", lambda *_: 1 / 0)
    told = publish.pages(store, release.version)
    assert told == "The release is published, its pages are not: ZeroDivisionError: division by zero"
    assert releases.usable(store) == "1.0.0"
    monkeypatch.undo()
    assert publish.pages(store, release.version) == ""
    assert store.exists("public/en/indicator/gdp.html")
