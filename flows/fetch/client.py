"""A polite client: it asks slowly, obeys robots.txt, knows what it has, and takes no half answers.

One client serves one source. Per host there is one session and one request at a time, no two of them
closer than the host's interval; what fails is asked for again, later each time, as the server wishes.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from protego import Protego
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry

from flows.fetch.addresses import AddressError, GuardedAdapter, checked, joined

_ASK_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8"


class FetchError(Exception):
    """An answer that cannot be used: `reason` is a code of schemas/reasons.csv, `detail` what happened."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Politeness:
    """How a client asks.

    `hosts` may be asked (host or host:port); `interval` seconds lie between two requests to a host;
    `attempts` are made in all, each given `connect` seconds to connect, `read` seconds to go on and
    `whole` seconds in all; answers are at most `max_bytes` long, packed and unpacked; a server may make
    us wait for `patience` seconds.
    """

    hosts: frozenset[str]
    interval: float = 2.0
    attempts: int = 4
    backoff: float = 1.0
    connect: float = 10.0
    read: float = 30.0
    whole: float = 120.0
    patience: float = 120.0
    max_bytes: int = 64 * 2**20
    max_redirects: int = 5
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: `body` as it came, `content` unpacked; `address` is that of the last redirect.

    `status` is 200, 304 (unchanged), 404 or 410 (gone); `sent` and `headers` are those of the request and
    the answer, as (name, value) in their order.
    """

    address: str
    status: int
    reason: str
    sent: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    content: bytes

    def header(self, name: str) -> str:
        """The value of a header, empty when it was not sent."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")


@dataclass(slots=True)
class Client:
    """Asks the hosts of one source. `sleep` and `clock` are replaced in tests only."""

    agent: str
    how: Politeness
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _sessions: dict[str, requests.Session] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _robots: dict[str, Protego | None] = field(default_factory=dict)

    def get(self, address: str, known: Mapping[str, str] | None = None) -> Answer:
        """The answer of ADDRESS; KNOWN are headers that make the request conditional.

        Raises FetchError (`refused-address`, `robots`, `no-answer`, `bad-answer`, `too-large`).
        """
        return self._follow(address, known or {}, obey=True)

    def close(self) -> None:
        """Closes all connections."""
        for session in self._sessions.values():
            session.close()

    def _follow(self, address: str, known: Mapping[str, str], obey: bool) -> Answer:
        for _ in range(self.how.max_redirects + 1):
            address = self._allowed(address)
            if obey:
                self._obey_robots(address)
            answer = self._ask(address, known)
            if answer.status not in _MOVED:
                return answer
            address = joined(address, answer.header("Location"))
        raise FetchError("bad-answer", f"more than {self.how.max_redirects} redirects")

    def _allowed(self, address: str) -> str:
        try:
            return checked(address, self.how.hosts)
        except AddressError as error:
            raise FetchError("refused-address", str(error)) from None

    def _obey_robots(self, address: str) -> None:
        host = _host(address)
        if host not in self._robots:
            # A server that fails to say is left alone (RFC 9309): the error says so.
            answer = self._follow(f"{urlsplit(address).scheme}://{host}/robots.txt", {}, obey=False)
            rules = answer.content.decode("utf-8", "replace") if answer.status == 200 else ""
            self._robots[host] = Protego.parse(rules) if rules else None
        robots = self._robots[host]
        if robots is not None and not robots.can_fetch(address, self.agent):
            raise FetchError("robots", f"{host} does not allow it in its robots.txt")

    def _interval(self, host: str) -> float:
        robots = self._robots.get(host)
        delay = robots.crawl_delay(self.agent) if robots is not None else None
        return max(self.how.interval, min(float(delay or 0), self.how.patience))

    def _ask(self, address: str, known: Mapping[str, str]) -> Answer:
        """One answer, asked for until it comes whole or the attempts are used up."""
        retry = Retry(
            total=self.how.attempts - 1,
            status_forcelist=_ASK_AGAIN,
            backoff_factor=self.how.backoff,
            backoff_max=self.how.patience,
            respect_retry_after_header=True,
        )
        while True:
            wait, cause = 0.0, ""
            try:
                answer = self._once(address, known)
                if answer.status not in _ASK_AGAIN:
                    return self._taken(answer)
                wait, cause = self._wished(retry, answer), f"status {answer.status}"
            except AddressError as error:
                raise FetchError("refused-address", str(error)) from None
            except (requests.RequestException, HTTPError, OSError) as error:
                if isinstance(error.__cause__, AddressError) or isinstance(error, AddressError):
                    raise FetchError("refused-address", str(error.__cause__ or error)) from None
                cause = _cause(error)
            try:
                retry = retry.increment("GET", address)
            except MaxRetryError:
                tried = f"{self.how.attempts} attempts" if self.how.attempts > 1 else "one attempt"
                raise FetchError("no-answer", f"{cause}, after {tried}") from None
            self.sleep(max(wait, retry.get_backoff_time()))

    def _wished(self, retry: Retry, answer: Answer) -> float:
        """How long a server wants us to wait; raises when that is longer than our patience."""
        header = answer.header("Retry-After")
        try:
            wait = retry.parse_retry_after(header) if header else 0.0
        except HTTPError:
            wait = 0.0
        if wait > self.how.patience:
            raise FetchError("no-answer", f"status {answer.status}, to be asked again in {wait:.0f} seconds")
        return wait

    def _once(self, address: str, known: Mapping[str, str]) -> Answer:
        host = _host(address)
        gone = self.clock() - self._last.get(host, float("-inf"))
        if gone < self._interval(host):
            self.sleep(self._interval(host) - gone)
        self._last[host] = self.clock()
        session = self._session(host)
        headers = {"User-Agent": self.agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip", **known}
        with session.get(
            address,
            headers=headers,
            timeout=(self.how.connect, self.how.read),
            stream=True,
            allow_redirects=False,
        ) as response:
            body = self._body(response)
            sent = tuple((name, str(value)) for name, value in response.request.headers.items())
            given = tuple(response.raw.headers.items())
        content = _unpacked(body, response.headers.get("Content-Encoding", ""), self.how.max_bytes)
        return Answer(address, response.status_code, response.reason or "", sent, given, body, content)

    def _session(self, host: str) -> requests.Session:
        if host not in self._sessions:
            session = requests.Session()
            session.trust_env = False
            adapter = GuardedAdapter(self.how.allow_private)
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            self._sessions[host] = session
        return self._sessions[host]

    def _body(self, response: requests.Response) -> bytes:
        """The bytes of an answer as they come, all of them: what ends early is an error."""
        declared = response.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > self.how.max_bytes:
            raise FetchError("too-large", str(self.how.max_bytes))
        parts, size, begun = [], 0, self.clock()
        while True:
            part = response.raw.read1(_CHUNK, decode_content=False)
            if not part:
                break
            parts.append(part)
            size += len(part)
            if size > self.how.max_bytes:
                raise FetchError("too-large", str(self.how.max_bytes))
            if self.clock() - begun > self.how.whole:
                raise requests.ReadTimeout(f"not whole after {self.how.whole:.0f} seconds")
        if declared.isdecimal() and size != int(declared):
            raise requests.ConnectionError(f"{size} of {declared} bytes came")
        return b"".join(parts)

    def _taken(self, answer: Answer) -> Answer:
        if answer.status in (200, 304, 404, 410) or answer.status in _MOVED:
            return answer
        raise FetchError("bad-answer", f"status {answer.status}")


def _host(address: str) -> str:
    return urlsplit(address).netloc.lower()


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """BODY unpacked; raises what is asked for again when it ends early, FetchError when it is too much."""
    if encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        raise FetchError("bad-answer", f"packed as {encoding[:40]!r}, which was not asked for")
    unpack = zlib.decompressobj(47)
    try:
        content = unpack.decompress(body, limit + 1)
    except zlib.error as error:
        raise requests.ConnectionError(f"it cannot be unpacked ({error})") from error
    if len(content) > limit:
        raise FetchError("too-large", str(limit))
    if not unpack.eof:
        raise requests.ConnectionError("what is packed ends early")
    return content


def _cause(error: Exception) -> str:
    """What went wrong, in few words: the innermost cause says it best."""
    while error.__cause__ is not None and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return " ".join(str(error).split())[:200] or type(error).__name__
