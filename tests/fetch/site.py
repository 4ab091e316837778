"""A real web server on 127.0.0.1 that imitates a province's site, and fails as it is told to."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = (
    "{year}年1月20日在陕西省第十四届人民代表大会第{n}次会议上\n陕西省省长\n各位代表：\n我受省人民政府委托，"
    "向代表们报告工作。\n一、{before}年工作回顾\n全省生产总值增长{n}.5%，新建农村公路6{n}00公里，城镇新增就业4{n}万人。\n"
    "二、{year}年工作安排\n今年预期目标是：生产总值增长5%左右，居民消费价格涨幅3%左右。\n谢谢大家！\n"
)


def report(year: int, n: int = 3) -> str:
    """The text of a report of Shaanxi."""
    return TEXT.format(year=year, before=year - 1, n=n)


def page(year: int, n: int = 3, charset: str = "utf-8") -> bytes:
    """An article page with that report; it claims UTF-8 whatever it is written in."""
    paragraphs = "".join(f"<p>{line}</p>" for line in report(year, n).split("\n"))
    whole = (
        f'<html><head><meta charset="utf-8"><title>{year}年陕西省政府工作报告</title></head>'
        f"<body><article><h1>{year}年陕西省政府工作报告</h1>{paragraphs}</article></body></html>"
    )
    return whole.encode(charset)


@dataclass
class Answer:
    """What a path answers with."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "text/html"
    tag: str = ""
    cut: int | None = None
    drip: float = 0.0
    packed: bool = False
    reset: bool = False


@dataclass
class Site:
    """The paths and what they answer; `script` gives an answer that comes first, once, for a request.

    `asked` has for every request when it came, by `clock`, its path, the status it got and its headers.
    """

    paths: dict[str, Answer] = field(default_factory=dict)
    script: dict[str, list[Answer]] = field(default_factory=dict)
    fault: Callable[[str], Answer | None] | None = None
    asked: list[tuple[float, str, int, dict[str, str]]] = field(default_factory=list)
    port: int = 0
    clock: Callable[[], float] = time.monotonic

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def listing(self, path: str, links: dict[str, str]) -> None:
        """An index page with LINKS: address → title."""
        items = "".join(
            f'<li><a href="{address}" title="{title}">{title[:8]}…</a><span>2024-02-0{n % 9 + 1}</span></li>'
            for n, (address, title) in enumerate(links.items())
        )
        self.paths[path] = Answer(
            f"<html><body><ul>{items}</ul></body></html>".encode(), tag=f'"{len(links)}"'
        )

    def requests(self, path: str = "") -> list[int]:
        """The status of every answer given, of PATH or of all but robots.txt."""
        return [s for _, p, s, _ in self.asked if p == path or (not path and p != "/robots.txt")]


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """Serves SITE until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are sent one after the other

        def do_GET(self) -> None:
            moment = site.clock()
            answer = site.fault(self.path) if site.fault else None
            waiting = site.script.get(self.path, [])
            answer = answer or (waiting.pop(0) if waiting else site.paths.get(self.path, Answer(status=404)))
            body, status = answer.body, answer.status
            if answer.tag and self.headers.get("If-None-Match") == answer.tag:
                body, status = b"", 304
            site.asked.append((moment, self.path, status, dict(self.headers)))
            if answer.reset:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf")
                self.close_connection = True
                return
            if answer.packed:
                body = gzip.compress(body)
            whole = len(body)
            body = body[: answer.cut]
            self.send_response(status)
            if answer.tag:
                self.send_header("ETag", answer.tag)
            if answer.packed:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Type", answer.kind)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if status != 304 and "Transfer-Encoding" not in answer.headers:
                told = len(body) if answer.packed and answer.cut else whole
                self.send_header("Content-Length", answer.headers.get("Content-Length", str(told)))
            self.end_headers()
            try:
                for at in range(0, len(body), 50 if answer.drip else len(body) or 1):
                    self.wfile.write(body[at : at + (50 if answer.drip else len(body))])
                    if answer.drip:
                        self.wfile.flush()
                        time.sleep(answer.drip)
            except OSError:
                pass
            if answer.cut is not None:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
