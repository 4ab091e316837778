"""Fetching from a real server on 127.0.0.1: what comes, what does not come twice, and what fails how."""

from __future__ import annotations

import hashlib
import io
import itertools
import random
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from flows import read
from flows.fetch import Reader, client, documents
from flows.fetch.client import Client, Politeness
from flows.fetch.sources import Source
from flows.model import Capture, Rejected, Report
from flows.store import Store
from tests.fetch.site import Answer, Site, page, report, served
from tests.read.test_pdf import report_pdf


def decode(data: bytes) -> str:
    try:
        return read.decode(data)
    except ValueError:
        return data.decode("utf-8", "replace")


def texts(capture: Capture, data: bytes) -> tuple[list[str], list[Rejected]]:
    found = read.read_capture(capture, data)
    return (
        [one.text for one in found if isinstance(one, Report)],
        [one for one in found if isinstance(one, Rejected)],
    )


READER = Reader(decode, texts)
FAST = Politeness(
    hosts=frozenset(), interval=0.002, backoff=0.01, connect=1, read=0.4, whole=0.8, patience=2, attempts=4
)


@pytest.fixture
def site() -> Iterator[Site]:
    with served(Site()) as one:
        yield one


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "out"))


def source(site: Site, **given) -> Source:
    facts = {
        "name": "shaanxi",
        "title": "test",
        "kind": "listing",
        "region": "610000",
        "addresses": (f"{site.address}/list/",),
        "item": "li a",
        "link": r"/t\d+\.html$",
        "about": r"(?P<year>20\d\d)年.*政府工作报告",
        "allow_private": True,
    }
    return Source(**(facts | given))


@dataclass
class Clock:
    """A clock that goes on only when somebody sleeps by it: a busy machine does not move it."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def fetch(
    site: Site, store: Store, how: Politeness = FAST, clock: Clock | None = None, **given
) -> tuple[list[Capture], list[Rejected]]:
    one = source(site, **given)
    asker = Client(
        "baogao/test (test@example.org)", replace(how, hosts=one.allowed, allow_private=one.allow_private)
    )
    if clock is not None:
        asker.clock, asker.sleep = clock, clock.sleep
    found = list(documents.fetch(one, asker, store, READER))
    asker.close()
    return [c for c in found if isinstance(c, Capture)], [r for r in found if isinstance(r, Rejected)]


def kept(store: Store) -> list[str]:
    """The captures' bytes that lie in the store."""
    return [name for name in store.list("work/captures") if "." not in name.rsplit("/", 1)[-1]]


def docx(text: str) -> bytes:
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = (
        f'<?xml version="1.0"?><w:document xmlns:w="{space}"><w:body>{paragraphs}</w:body></w:document>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
    return buffer.getvalue()


def province(site: Site) -> None:
    """A listing of two pages, articles in UTF-8 and GBK, two that have their text in a file beside them."""
    title = "{}年陕西省政府工作报告"
    site.listing("/list/", {f"/t{year}.html": title.format(year) for year in (2024, 2023)})
    site.listing(
        "/list/index_1.html",
        {f"/t{y}.html": title.format(y) for y in (2022, 2021, 2020)} | {"/x.html": "解读"},
    )
    site.paths["/t2024.html"] = Answer(page(2024), tag='"a"')
    site.paths["/t2023.html"] = Answer(page(2023, charset="gbk"), tag='"b"')
    site.paths["/t2022.html"] = Answer(
        '<html><body><p>附件：<a href="files/2022.docx">2022年政府工作报告</a></p></body></html>'.encode(),
        tag='"c"',
    )
    site.paths["/files/2022.docx"] = Answer(docx(report(2022)), tag='"d"')
    site.paths["/t2021.html"] = Answer(page(2021), tag='"e"')
    site.paths["/t2020.html"] = Answer(b'<p><a href="/files/2020.PDF">PDF</a></p>', tag='"f"')
    site.paths["/files/2020.PDF"] = Answer(report_pdf(report(2020).split("\n")), tag='"g"')


PAGED = {"page": "{}/list/index_{{n}}.html", "pages": 2}


def test_a_site_is_read_once_and_then_only_asked_what_is_new(site, store):
    province(site)
    paged = {"page": PAGED["page"].format(site.address), "pages": 2}
    found, rejected = fetch(site, store, **paged)
    assert not rejected
    assert sorted(capture.origin for capture in found) == [
        f"{site.address}/files/2020.PDF",
        f"{site.address}/files/2022.docx",
        *(f"{site.address}/t{year}.html" for year in (2021, 2023, 2024)),
    ]
    assert {capture.year for capture in found} == {2020, 2021, 2022, 2023, 2024}
    before = store.list("work")

    site.asked.clear()
    again, rejected = fetch(site, store, **paged)
    assert {capture.sha256 for capture in again} == {capture.sha256 for capture in found} and not rejected
    assert set(site.requests()) == {304}
    assert store.list("work") == before

    site.listing("/list/", {f"/t{y}.html": f"{y}年陕西省政府工作报告" for y in (2025, 2024, 2023)})
    site.paths["/t2025.html"] = Answer(page(2025))
    new, rejected = fetch(site, store, **paged)
    assert not rejected
    assert {c.origin for c in new} - {c.origin for c in found} == {f"{site.address}/t2025.html"}
    assert len(kept(store)) == len(found) + 1


def test_a_capture_is_kept_as_it_came_with_its_request_and_answer(site, store):
    from warcio.archiveiterator import ArchiveIterator

    site.listing("/list/", {"/t2024.html": "2024年陕西省政府工作报告"})
    site.paths["/t2024.html"] = Answer(page(2024), packed=True, tag='"1"')
    [capture], rejected = fetch(site, store)
    assert not rejected and store.read_bytes(f"work/captures/{capture.sha256}") == page(2024)
    records = {}
    with store.open(f"work/captures/{capture.sha256}.warc.gz") as file:
        for record in ArchiveIterator(file):
            records[record.rec_type] = (record.http_headers, record.content_stream().read())
            assert record.rec_headers.get_header("WARC-Target-URI") == f"{site.address}/t2024.html"
    assert records["response"][1] == page(2024) and records["response"][0].get_header("ETag") == '"1"'
    assert "test@example.org" in records["request"][0].get_header("User-Agent")


FAULTS = {
    "busy, then well": ([Answer(status=429, headers={"Retry-After": "1"}), Answer(page(2024))], None),
    "broken, then well": ([Answer(status=500), Answer(page(2024))], None),
    "always broken": ([Answer(status=503)] * 9, "no-answer"),
    "busy for an hour": ([Answer(status=429, headers={"Retry-After": "3600"})] * 9, "no-answer"),
    "reset half-way, then well": ([Answer(reset=True), Answer(page(2024))], None),
    "always reset": ([Answer(reset=True)] * 9, "no-answer"),
    "packed and cut, then well": ([Answer(page(2024), packed=True, cut=300), Answer(page(2024))], None),
    "always packed and cut": ([Answer(page(2024), packed=True, cut=300)] * 9, "no-answer"),
    "cut": ([Answer(page(2024), cut=300)] * 9, "no-answer"),
    "a slow drip": ([Answer(page(2024), drip=0.1)] * 9, "no-answer"),
    "longer than it says": (
        [Answer(page(2024), headers={"Content-Length": "9999"}, cut=9000)] * 9,
        "no-answer",
    ),
    "redirected in a circle": ([Answer(status=302, headers={"Location": "/t2024.html"})] * 9, "bad-answer"),
    "redirected elsewhere": (
        [Answer(status=302, headers={"Location": "http://192.0.2.1/report"})] * 9,
        "refused-address",
    ),
    "redirected, then well": ([Answer(status=301, headers={"Location": "/moved.html"})], None),
    "an error page": (
        [Answer("<html><body><h1>系统繁忙，请稍后再试</h1></body></html>".encode())] * 9,
        "not-a-report",
    ),
    "forbidden": ([Answer(status=403)] * 9, "bad-answer"),
    "gone": ([Answer(status=404)] * 9, "gone"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_fails_is_asked_for_again_or_told(site, store, name):
    answers, reason = FAULTS[name]
    site.listing("/list/", {"/t2024.html": "2024年陕西省政府工作报告"})
    site.script["/t2024.html"] = [replace(answer) for answer in answers]
    site.paths["/t2024.html"] = site.paths["/moved.html"] = Answer(page(2024))
    how = replace(FAST, attempts=2, whole=0.3)
    found, rejected = fetch(site, store, how)
    if reason is None:
        assert [c.sha256 for c in found] == [hashlib.sha256(page(2024)).hexdigest()] and not rejected
    else:
        assert not found and [one.reason for one in rejected] == [reason]
        assert site.address in rejected[0].message and not kept(store)
        site.script.clear()
        found, rejected = fetch(site, store)
        assert len(found) == 1 and not rejected


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        (Answer(status=404), "gone"),
        (Answer("<html><body><h1>系统维护</h1></body></html>".encode()), "lost-report"),
        (Answer("".join(page(2024).decode().partition("<p>全省生产总值")[:1]).encode()), "shrunk"),
        (Answer(status=500), "no-answer"),
    ],
)
def test_the_last_good_copy_goes_on_serving(site, store, then, reason):
    site.listing("/list/", {"/t2024.html": "2024年陕西省政府工作报告"})
    site.paths["/t2024.html"] = Answer(page(2024))
    [first], _ = fetch(site, store)
    site.paths["/t2024.html"] = then
    for _ in range(2):
        found, rejected = fetch(site, store, replace(FAST, attempts=1))
        assert found == [first] and [one.reason for one in rejected] == [reason]
    assert len(kept(store)) == 1


def test_what_shrank_is_used_when_somebody_accepts_it(site, store):
    site.listing("/list/", {"/t2024.html": "2024年陕西省政府工作报告"})
    long = page(2024).replace(
        "谢谢大家！".encode(), ("<p>再建农村公路900公里。</p>" * 60 + "谢谢大家！").encode()
    )
    site.paths["/t2024.html"] = Answer(long)
    fetch(site, store)
    site.paths["/t2024.html"] = Answer(page(2024))
    assert fetch(site, store)[1][0].reason == "shrunk"
    [state] = documents.held(store)
    documents.accept(store, state["address"])
    [capture], rejected = fetch(site, store)
    assert not rejected and store.read_bytes(f"work/captures/{capture.sha256}") == page(2024)
    assert not documents.held(store)


def test_a_new_time_stamp_is_no_change(site, store):
    site.listing("/list/", {"/t2024.html": "2024年陕西省政府工作报告"})
    site.paths["/t2024.html"] = Answer(page(2024))
    [first], _ = fetch(site, store)
    site.paths["/t2024.html"] = Answer(page(2024).replace(b"</body>", b"<!-- 12:31:07 --></body>"))
    assert fetch(site, store) == ([first], []) and len(kept(store)) == 1


def test_a_thousand_requests_with_faults_bring_every_report_once_and_none_comes_too_soon(site, store):
    # Client and site go by one clock, which stands still while a request is under way: what the site
    # notes is when the request was sent. An answer takes up to twice the interval.
    chance, site.clock = random.Random(4), Clock()
    years = range(1950, 2100)
    pages = {f"/t{year}{n}.html": page(year, n) for year in years for n in (1,)}
    site.listing("/list/", {path: f"{path[2:6]}年陕西省政府工作报告" for path in pages})
    site.paths |= {path: Answer(body, tag=f'"{path}"') for path, body in pages.items()}
    faults = [
        lambda path: Answer(status=500),
        lambda path: Answer(status=429, headers={"Retry-After": "0"}),
        lambda path: Answer(reset=True),
        lambda path: Answer(site.paths[path].body, packed=True, cut=200),
        lambda path: Answer(site.paths[path].body, cut=200),
    ]

    def fault(path: str) -> Answer | None:
        site.clock.sleep(chance.choice((0.0, 0.4, 2.0)) * how.interval)
        return chance.choice(faults)(path) if path in site.paths and chance.random() < 0.2 else None

    site.fault = fault
    how = replace(FAST, interval=2.0, attempts=8, backoff=0.001, read=30, whole=120)
    rounds, gaps = 0, []
    while len(site.requests()) < 1000:
        rounds, begun = rounds + 1, len(site.asked)
        found, rejected = fetch(site, store, how, site.clock, about=r"(?P<year>\d{4})年.*政府工作报告")
        assert len(found) == len(pages) and not rejected
        moments = [moment for moment, *_ in site.asked[begun:]]
        gaps += [after - before for before, after in itertools.pairwise(moments)]
    assert sorted(store.read_bytes(name) for name in kept(store)) == sorted(pages.values())
    assert rounds > 1 and min(gaps) == pytest.approx(how.interval)


def test_robots_are_obeyed_with_their_delay(site, store):
    site.listing(
        "/list/", {"/t2024.html": "2024年陕西省政府工作报告", "/t2023.html": "2023年陕西省政府工作报告"}
    )
    site.paths |= {"/t2024.html": Answer(page(2024)), "/t2023.html": Answer(page(2023))}
    rules = b"User-agent: baogao\nDisallow: /t2023\nCrawl-delay: 0.2\n"
    site.paths["/robots.txt"] = Answer(rules, kind="text/plain")
    begun = time.monotonic()
    found, rejected = fetch(site, store)
    # Two requests come after the rules are known. By the real clock, which a busy machine only lets run on.
    assert time.monotonic() - begun > 0.4
    assert len(found) == 1 and [one.reason for one in rejected] == ["robots"]
    assert [path for _, path, *_ in site.asked] == ["/robots.txt", "/list/", "/t2024.html"]


@pytest.mark.parametrize(
    "address",
    [
        "ftp://127.0.0.1/report",
        "file:///etc/passwd",
        "http://[::1]:80/",
        "http://127.0.0.1:{port}/t2024.html",
        "http://localhost:{port}/t2024.html",
        "http://2130706433:{port}/t2024.html",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://user:secret@127.0.0.1:{port}/",
        "http:///nowhere",
        "http://127.0.0.1:99999/",
    ],
)
def test_addresses_on_the_own_network_are_refused(site, store, address):
    address = address.format(port=site.port)
    site.paths["/t2024.html"] = Answer(page(2024))
    with pytest.raises(client.FetchError) as caught:
        from urllib.parse import urlsplit

        try:
            hosts = frozenset({urlsplit(address).netloc.lower()})
        except ValueError:
            hosts = frozenset()
        Client("baogao", replace(FAST, hosts=hosts, attempts=1)).get(address)
    assert caught.value.reason == "refused-address" and not site.asked


def test_a_name_that_leads_to_the_own_network_is_refused_at_the_connection(site, monkeypatch):
    import socket

    lead = {"to": "93.184.215.14"}
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", (lead["to"], port))])
    asker = Client("baogao", replace(FAST, hosts=frozenset({"site.example"}), attempts=1, connect=0.2))
    lead["to"] = "127.0.0.1"
    with pytest.raises(client.FetchError) as caught:
        asker.get(f"http://site.example:{site.port}/".replace(f":{site.port}", ""))
    assert caught.value.reason == "refused-address" and "open network" in caught.value.detail


def test_an_answer_that_is_too_large_is_refused_packed_and_unpacked(site, store):
    site.listing(
        "/list/", {"/t2024.html": "2024年陕西省政府工作报告", "/t2023.html": "2023年陕西省政府工作报告"}
    )
    site.paths |= {
        "/t2024.html": Answer(b"x" * 300_000, packed=True),
        "/t2023.html": Answer(b"x" * 300_000),
    }
    found, rejected = fetch(site, store, replace(FAST, max_bytes=100_000))
    assert not found and [one.reason for one in rejected] == ["too-large", "too-large"]


def test_a_feed_a_sitemap_and_a_wiki_give_their_links(site, store):
    site.paths["/rss"] = Answer(
        f"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item>
        <title>2024年陕西省政府工作报告</title><link>{site.address}/t2024.html</link>
        <pubDate>Mon, 05 Feb 2024 08:00:00 GMT</pubDate></item></channel></rss>""".encode()
    )
    site.paths["/sitemap.xml"] = Answer(
        f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{site.address}/t2023.html</loc>
        <lastmod>2023-02-01</lastmod></url><url><loc>{site.address}/other</loc></url></urlset>""".encode()
    )
    site.paths |= {"/t2024.html": Answer(page(2024)), "/t2023.html": Answer(page(2023))}
    found, rejected = fetch(
        site, store, kind="feed", addresses=(f"{site.address}/rss", f"{site.address}/sitemap.xml")
    )
    assert not rejected
    assert {c.metadata["date"] for c in found} == {"2024-02-05", "2023-02-01"}

    raw = "{{Header|year=2020}}\n== 政府工作报告 ==\n" + report(2020).replace("\n", "\n\n").replace(
        "陕西省", "[[陕西省]]"
    )
    site.paths["/w/index.php?title=2020%E5%B9%B4%E6%8A%A5%E5%91%8A&action=raw"] = Answer(raw.encode())
    wiki = {"kind": "mediawiki", "years": (2020,)}
    [capture], rejected = fetch(
        site, store, addresses=(f"{site.address}/w/index.php?title={{year}}年报告&action=raw",), **wiki
    )
    [text], _ = texts(capture, store.read_bytes(f"work/captures/{capture.sha256}"))
    assert not rejected and text.startswith("政府工作报告\n") and "[[" not in text


def test_a_source_without_links_says_so(site, store):
    site.paths["/list/"] = Answer(b"<html><body>moved</body></html>")
    assert [one.reason for one in fetch(site, store)[1]] == ["no-links"]
