"""An S3 server on 127.0.0.1 (moto's), which counts what it is asked and, when told, fails a share of it."""

from __future__ import annotations

import json
import logging
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

KEYS = {
    "AWS_ACCESS_KEY_ID": "key-of-the-tests",
    "AWS_SECRET_ACCESS_KEY": "word-of-the-tests",
    "AWS_DEFAULT_REGION": "us-east-1",
}
SLOW_DOWN = "503 Slow Down", "SlowDown"
FAULTS = ("slow-down", "lost", "answer-lost", "cut", "late")


class Bucket:
    """The server, as a bucket sees it: what it was asked (`PUT key`), and how it fails."""

    def __init__(self, address: str, client: Any) -> None:
        self.address = address
        self.client = client
        self.name = f"b-{uuid4().hex[:12]}"
        self.asked: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self.share = 0.0
        self.kinds = FAULTS
        self.chance = random.Random(0)
        self.refuse: Callable[[str, str], tuple[str, str] | None] = lambda method, key: None

    @property
    def url(self) -> str:
        return f"s3://{self.name}/out"

    def put(self, name: str, data: bytes) -> None:
        """Writes the file NAME below `url` past whatever is tested."""
        self.client.put_object(Bucket=self.name, Key=f"out/{name}", Body=data)

    def put_in_parts(self, name: str, data: bytes) -> None:
        """The same, as large files are sent: the tag is then no hash of the bytes."""
        given = {"Bucket": self.name, "Key": f"out/{name}"}
        given["UploadId"] = self.client.create_multipart_upload(**given)["UploadId"]
        tag = self.client.upload_part(**given, PartNumber=1, Body=data)["ETag"]
        parts = [{"PartNumber": 1, "ETag": tag}]
        self.client.complete_multipart_upload(**given, MultipartUpload={"Parts": parts})

    def count(self, method: str, part: str = "") -> int:
        """How often METHOD was asked of a key with PART in it."""
        found = (number for what, number in self.asked.items() if what.startswith(method) and part in what)
        return sum(found)

    def fault(self) -> str:
        """How the call fails that has just come; mostly it does not."""
        if self.chance.random() >= self.share:
            return ""
        kind = self.chance.choice(self.kinds)
        self.met[kind] += 1
        return kind

    def keys(self, policy: dict[str, Any]) -> dict[str, str]:
        """The keys of somebody new who may do what POLICY says."""
        iam = _client("iam", self.address)
        name = uuid4().hex
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="bucket", PolicyDocument=json.dumps(policy))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}


class _Server:
    """The WSGI application: moto's, with a bucket's refusals and faults before and behind it."""

    def __init__(self) -> None:
        self.app: WSGIApplication = DomainDispatcherApplication(create_backend_app)
        self.buckets: dict[str, Bucket] = {}
        self.one_at_a_time = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        method = str(environ["REQUEST_METHOD"])
        name, _, key = str(environ["PATH_INFO"]).lstrip("/").partition("/")
        bucket = self.buckets.get(name)
        if bucket is None:
            return self._answered(environ, start)
        with self.one_at_a_time:
            bucket.asked[f"{method} {key}"] += 1
            fault = bucket.fault()
        refused = SLOW_DOWN if fault == "slow-down" else bucket.refuse(method, key)
        if refused:
            status, code = refused
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            said = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
            start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(said)))])
            return [] if method == "HEAD" else [said]
        if fault == "lost":
            return _hung_up(environ, start)
        if fault == "late":
            time.sleep(0.2)
        body = self._answered(environ, start)
        if fault == "answer-lost" or (fault == "cut" and method != "GET"):
            return _hung_up(environ, None)
        return _cut(environ, body) if fault == "cut" else body

    def _answered(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        # S3 looks and writes in one step; moto's threads do not.
        with self.one_at_a_time:
            return list(self.app(environ, start))


def _hung_up(environ: WSGIEnvironment, start: StartResponse | None) -> list[bytes]:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    if start:
        start("200 OK", [])
    return [b""]


def _cut(environ: WSGIEnvironment, body: list[bytes]) -> Iterator[bytes]:
    whole = b"".join(body)
    yield whole[: len(whole) // 2]
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


def _client(service: str, address: str) -> Any:
    keys = {name.lower(): KEYS[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    return boto3.client(service, endpoint_url=address, region_name="us-east-1", **keys)


@contextmanager
def serving() -> Iterator[Callable[[], Bucket]]:
    """A running server; what is given makes a bucket on it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = _Server()
    server: Any = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    client = _client("s3", address)

    def made() -> Bucket:
        bucket = Bucket(address, client)
        client.create_bucket(Bucket=bucket.name)
        application.buckets[bucket.name] = bucket
        return bucket

    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
