"""The pages in a browser: they hold together, can be found, filtered and looked up, and disturb nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urldefrag, urljoin

import pyarrow.parquet as pq
import pytest

from flows.publish.site import words
from flows.settings import settings
from tests.publish.conftest import Publish
from tests.site.conftest import built, correction, hostile, serving, watched
from tests.site.test_build import KINDS, NASTY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from flows.store import Store

pytestmark = pytest.mark.slow

LANGUAGES = ("zh", "en")
_FOUND = """() => ({
  ids: [...document.querySelectorAll("[id]")].map((one) => one.id),
  links: [...document.querySelectorAll("a[href]:not([rel~=nofollow])")]
    .map((one) => one.href).filter((href) => typeof href === "string"),
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""

_KEY_AND_VALUE = "all => all.map((link) => [link.hash.slice(1), link.textContent])"

# What the scheme changes is colours.
_ASKED: dict[str, dict[str, Any]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]},
}

# What is looked for, and one of the first three results that is right.
QUERIES = [
    ("zh", "焦作 财政收入", "region/410800.html#budget_revenue"),
    ("zh", "焦作财政收入", "region/410800.html#budget_revenue"),
    ("en", "Jiaozuo revenue", "region/410800.html#budget_revenue"),
    ("en", "jiaozuo 2016", "report/410800-2016.html"),
    ("zh", "410800", "region/410800.html"),
    ("zh", "河南 2025 生产总值", "region/410000.html#gdp"),
    ("en", "Henan 2025 GDP", "report/410000-2025.html"),
    ("zh", "城镇新增就业 目标", "indicator/urban_new_jobs.html"),
    ("en", "urban jobs", "indicator/urban_new_jobs.html"),
    ("en", "PM2.5 Beijing", "region/110000.html#pm25"),
    ("zh", "北京 2026", "report/110000-2026.html"),
    ("zh", "粮食产量", "indicator/grain_output.html"),
    ("en", "unemployment rate", "indicator/unemployment_surveyed.html"),
    ("zh", "森林覆盖率", "indicator/forest_coverage.html"),
    ("en", "high-tech enterprises", "indicator/hightech_enterprises.html"),
    ("en", "fixed-asset investment Hebei", "region/130000.html#fixed_asset_investment"),
    ("zh", "居民人均可支配收入", "indicator/income_residents.html"),
    ("en", "retail sales Shandong", "indicator/retail_sales.html"),
    ("zh", "山东", "region/370000.html"),
    ("zh", "云台山 质量奖", "report/410800-2016.html#"),
    ("zh", "中国驰名商标", "report/410800-2016.html#"),
    ("en", "China 1954", "report/100000-1954.html"),
    ("zh", "工业总产值平均每年递增百分之三十六", "report/100000-1954.html#"),
]


@pytest.fixture(scope="session")
def paths(catalogue: Path) -> list[str]:
    """All pages, below `public`."""
    files = json.loads((catalogue / "site.json").read_text("utf-8"))["files"]
    return [path for path in files if path.endswith(".html")]


def test_all_pages_hold_together(browser: Browser, address: str, catalogue: Path, paths: list[str]) -> None:
    """Every page loads without complaint or request to elsewhere; every link and anchor leads somewhere."""
    ids: dict[str, set[str]] = {}
    links: dict[str, str] = {}
    with watched(browser) as page:
        for path in paths:
            page.goto(address + path, wait_until="load")
            found = page.evaluate(_FOUND)
            assert len(found["ids"]) == len(set(found["ids"])), path
            ids[address + path] = set(found["ids"])
            links |= dict.fromkeys(found["links"], path)
    assert len(paths) > 100
    for link, origin in links.items():
        where, anchor = urldefrag(link.partition("?")[0] if "search.html?" in link else link)
        if not where.startswith(address):
            assert where.startswith("https://creativecommons.org/"), (origin, link)
        elif where in ids:
            assert not anchor or anchor in ids[where] or "/data.html" in where, (origin, link)
        else:
            assert (catalogue / where.removeprefix(address)).exists(), (origin, link)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_kind_of_page_keeps_anyone_out(browser: Browser, address: str, language: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with watched(browser, color_scheme=scheme, bypass_csp=True) as page:
        for kind in KINDS:
            page.goto(f"{address}{language}/{kind}.html")
            found = Axe().run(page, options=_ASKED[scheme]).response["violations"]
            grave = [one for one in found if one["impact"] in ("serious", "critical")]
            told = [(one["id"], one["nodes"][0]["html"][:200], len(one["nodes"])) for one in grave]
            assert not told, f"{language}/{kind}"


def test_no_page_is_wider_than_a_phone(browser: Browser, address: str) -> None:
    with watched(browser, viewport={"width": 390, "height": 844}) as page:
        for language in LANGUAGES:
            for kind in KINDS:
                page.goto(f"{address}{language}/{kind}.html")
                assert page.evaluate(_FOUND)["wide"] <= 0, f"{language}/{kind}"


def test_from_the_home_page_to_a_sentence_and_back(page: Page, address: str) -> None:
    page.goto(f"{address}en/index.html")
    page.click("#indicators + ul a >> text=Gross domestic product")
    page.click("#sentences + ol a >> nth=0")
    number = page.locator("a.n[aria-current]")
    identity = number.get_attribute("id")
    assert identity
    assert page.url.endswith(f"#{identity}")
    box = number.bounding_box()
    assert box and 0 < box["y"] < 700
    assert "Gross domestic product" in page.locator("#record").inner_text()
    second = page.locator("a.n >> nth=3")
    second.click()
    assert page.url.endswith(f"#{second.get_attribute('id')}")
    page.go_back()
    assert page.locator("a.n[aria-current]").get_attribute("id") == identity
    page.go_back()
    assert page.url.endswith("/en/indicator/gdp.html")
    page.go_forward()
    assert page.locator("a.n[aria-current]").get_attribute("id") == identity


def test_a_record_is_shown_on_focus_and_closed_with_escape(page: Page, address: str) -> None:
    page.goto(f"{address}zh/report/410800-2016.html")
    page.locator("a.n").first.focus()
    assert page.locator("#record dt").count() >= 6
    page.keyboard.press("Escape")
    assert page.locator("#record dt").count() == 0
    page.keyboard.press("Tab")
    assert page.locator("a.n").nth(1).get_attribute("aria-current") == "true"


def test_the_other_language_shows_the_same_place(page: Page, address: str) -> None:
    page.goto(f"{address}zh/report/410800-2016.html")
    page.locator("a.n").nth(5).click()
    anchor = urldefrag(page.url)[1]
    page.click("a.language")
    assert page.url.endswith(f"/en/report/410800-2016.html#{anchor}")


def test_the_search_finds_the_right_page(page: Page, address: str, corpus: Path) -> None:
    assert len(QUERIES) >= 20
    for language, query, wanted in QUERIES:
        page.goto(f"{address}{language}/search.html?q={quote(query)}")
        found = results(page)
        assert any(one.startswith(wanted) for one in found[:3]), (query, found)


def test_a_long_query_asks_for_few_files(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(f"{address}zh/search.html?q={quote(''.join(map(chr, range(0x4E00, 0x4E00 + 500))))}")
    results(page)
    assert 1 < sum("/data/" in one for one in asked) < 20


def results(page: Page) -> list[str]:
    page.wait_for_selector("#results[data-done]", state="attached")
    read = "all => all.map((one) => one.getAttribute('href'))"
    links: list[str] = page.eval_on_selector_all("#results a", read)
    return links


def test_the_search_keeps_its_query_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}zh/index.html")
    page.fill("#q", "焦作 财政收入")
    page.press("#q", "Enter")
    first = results(page)[0]
    page.click("#results a >> nth=0")
    assert page.url.endswith(first)
    page.go_back()
    assert results(page)[0] == first
    assert page.input_value("#q") == "焦作 财政收入"


def rows(page: Page) -> list[list[str]]:
    page.wait_for_selector("#rows[data-rows]")
    found: list[list[str]] = page.eval_on_selector_all(
        "#rows tbody tr", "all => all.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    return found


def test_the_explorer_filters_sorts_copies_and_can_be_shared(browser: Browser, address: str) -> None:
    with watched(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{address}en/data.html#indicator=gdp")
        every = rows(page)
        page.select_option("#f-status", "target")
        page.wait_for_function(f"document.getElementById('rows').dataset.rows < {len(every)}")
        page.fill("#f-region", "Henan 河南省")
        page.press("#f-region", "Tab")
        page.wait_for_function("document.querySelectorAll('#rows tbody tr').length < 10")
        assert {(row[0], row[3]) for row in rows(page)} == {("Henan", "target")}
        page.click("#rows thead button >> text=Period")
        periods = [row[4] for row in rows(page)]
        assert periods == sorted(periods)
        assert "region=410000" in page.url and "sort=period" in page.url
        page.click("#copy")
        copied = page.evaluate("navigator.clipboard.readText()").splitlines()
        assert copied[0].startswith("region_code,indicator,measure,status,period,value")
        assert len(copied) == len(rows(page)) + 1
        shared = rows(page)
        address_of_it = page.url
        page.goto("about:blank")
        page.goto(address_of_it)
        assert rows(page) == shared
        page.go_back()
        page.go_forward()
        assert rows(page) == shared


def test_statements_of_a_region_are_there_with_their_words(page: Page, address: str) -> None:
    page.goto(f"{address}zh/data.html#table=observations&region=410800")
    found = rows(page)
    assert len(found) > 90
    page.click("#rows tbody a >> nth=0")
    page.wait_for_selector("a.n[aria-current]")
    assert page.locator("a.n[aria-current]").count() == 1


def test_the_explorer_says_values_as_the_pages_do(page: Page, address: str) -> None:
    page.goto(f"{address}en/data.html#region=410800&measure=rank")
    assert {row[5][:4] for row in rows(page)} == {"No. "}
    page.fill("#f-region", "jiaozuo")
    page.select_option("#f-measure", "growth")
    page.wait_for_function("!document.querySelector('#rows tbody').textContent.includes('No. ')")
    assert any(row[5].startswith("+") for row in rows(page))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_explorer_has_the_words_of_the_pages_row_by_row(
    browser: Browser, address: str, catalogue: Path, language: str
) -> None:
    """Its script says values with the words of `words.value`."""
    (observations,) = catalogue.glob("releases/*/observations.parquet")
    known = {row["observation_id"]: row for row in pq.read_table(observations).to_pylist()}
    seen: set[tuple[str, str]] = set()
    for asked in (
        "indicator=gdp",
        "region=100000",
        "region=410800&table=observations",
        "region=370000&table=observations",
    ):
        with watched(browser) as page:
            page.goto(f"{address}{language}/data.html#{asked}")
            page.wait_for_selector("#rows[data-rows]")
            shown = page.eval_on_selector_all("#rows tbody td.num a", _KEY_AND_VALUE)
        assert shown
        for key, said in shown:
            assert said == words.value(known[key], language)
            seen.add((known[key]["measure"], known[key]["bound"]))
    assert len(seen) > 10 and {"rank", "multiple", "growth", "change"} <= {measure for measure, _ in seen}


def test_home_is_light(browser: Browser, address: str) -> None:
    sizes: list[int] = []
    with watched(browser) as page:
        page.on("response", lambda one: sizes.append(len(one.body())))
        page.goto(f"{address}zh/index.html", wait_until="networkidle")
    assert 10_000 < sum(sizes) < 300_000


def test_texts_and_tables_need_no_script(browser: Browser, address: str) -> None:
    with watched(browser, java_script_enabled=False) as page:
        page.goto(f"{address}zh/report/410800-2016.html")
        page.click("a.n >> nth=2")
        identity = page.locator("a.n").nth(2).get_attribute("id")
        assert page.locator(f"tr[id='r-{identity}']").is_visible()
        assert page.locator("tr:target").count() == 1
        page.click(f"tr[id='r-{identity}'] th a")
        assert page.locator("a.n:target").count() == 1
        page.goto(f"{address}zh/search.html?q=x")
        assert "JavaScript" in page.locator("noscript").inner_text()


def test_pages_work_when_they_are_opened_as_files(page: Page, catalogue: Path) -> None:
    page.goto((catalogue / "en" / "index.html").as_uri())
    page.fill("#q", "Jiaozuo revenue")
    page.press("#q", "Enter")
    assert results(page)
    page.goto((catalogue / "en" / "data.html").as_uri() + "#region=410800")
    assert len(rows(page)) > 10
    page.click("#rows tbody a >> nth=0")
    assert page.locator("#record dt").count() >= 6


@pytest.fixture
def hostile_address(
    store: Store, go: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    monkeypatch.setenv("BAOGAO_CORRECTIONS", str(correction(tmp_path, NASTY)))
    settings.cache_clear()
    go(store, hostile(store, NASTY), hostile(store, "长" * 1_000_000, 2017))
    with serving(built(store).parent) as found:
        yield found


def test_hostile_texts_break_no_page(browser: Browser, hostile_address: str) -> None:
    with watched(browser, viewport={"width": 390, "height": 844}) as page:
        for kind in (*KINDS, "report/410800-2017"):
            page.goto(f"{hostile_address}en/{kind}.html")
            assert page.evaluate(_FOUND)["wide"] <= 0, kind
        page.locator("a.n").last.click()
        assert page.locator("#record dt").count() >= 6
        for query in (
            NASTY.replace("\x00", ""),
            "<img src=x onerror=alert(1)>",
            "%",
            "长" * 3000,
            "__proto__",
        ):
            page.goto(f"{hostile_address}en/search.html?q={quote(query)}")
            results(page)
            assert page.locator("#results img, #results script").count() == 0
            page.goto(urljoin(hostile_address, f"en/data.html#region={quote(query)}&sort={quote(query)}"))
            page.wait_for_selector("#rows[data-rows]", state="attached")
        assert page.input_value("#f-table") == "panel"
