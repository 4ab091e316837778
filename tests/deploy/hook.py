"""A web hook on 127.0.0.1, and the block that calls it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BLOCK = "custom-webhook/ops"
SECRET = "t0ken-of-the-hook"


@contextmanager
def heard(api: str, status: int = 200) -> Iterator[list[str]]:
    """What a web hook is told that the block BLOCK, on the server at API, calls; it answers with STATUS.

    Its address holds a secret, as those of chats do.
    """
    from prefect.blocks.notifications import CustomWebhookNotificationBlock
    from prefect.settings import PREFECT_API_URL, temporary_settings

    told: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path == f"/{SECRET}":
                told.append(body)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/{{{{token}}}}"
        block = CustomWebhookNotificationBlock(
            name="Ops", url=address, json_data={"text": "{{subject}}: {{body}}"}, secrets={"token": SECRET}
        )
        with temporary_settings({PREFECT_API_URL: api}):
            block.save(BLOCK.split("/")[1], overwrite=True)
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
