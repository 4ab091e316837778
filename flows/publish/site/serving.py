"""`public/` over http on this machine: range requests, right content types, the policy as a header too.

Starlette and uvicorn are imported here alone.
"""

from __future__ import annotations

import mimetypes
import socket
from pathlib import Path
from typing import Any

from flows.publish.site.env import POLICY, plain

_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".jsonld": "application/ld+json",
    ".jsonl": "application/jsonl",
    ".dta": "application/x-stata-dta",
    ".cff": "application/yaml",
    ".md": "text/markdown",
    ".sha256": "text/plain",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_SHORT = 1_000_000


def application(folder: Path, program: str) -> Any:
    """The application that serves FOLDER; PROGRAM is what people type to run Baogao."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.responses import FileResponse, HTMLResponse, Response
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    for suffix, kind in _TYPES.items():
        mimetypes.add_type(kind, suffix)

    class Public(StaticFiles):
        async def check_config(self) -> None:
            """The folder may come later."""

        async def get_response(self, path: str, scope: Any) -> Response:
            if path in (".", "index.html") and not (folder / "index.html").is_file():
                page = plain("missing.html", folder=str(folder), program=program)
                found: Response = HTMLResponse(page, 404)
            else:
                found = await super().get_response(path, scope)
            if isinstance(found, FileResponse) and str(found.path).endswith(".gz"):
                found.headers["content-type"] = "application/gzip"
            found.headers.update(_HEADERS)
            return at_once(found, scope) if isinstance(found, FileResponse) else found

    def at_once(file: FileResponse, scope: Any) -> Response:
        """FILE in one piece, in half the time, unless it is long or a part of it is asked for."""
        asked = {name for name, _ in scope["headers"]}
        if scope["method"] != "GET" or b"range" in asked or int(file.headers["content-length"]) > _SHORT:
            return file
        headers = {name: value for name, value in file.headers.items() if name != "content-length"}
        return Response(Path(file.path).read_bytes(), file.status_code, headers)

    async def wrong(_: Any, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        page = plain("missing.html", folder=str(folder), program=program)
        there = (folder / "latest.json").is_file()
        return HTMLResponse(_LOST if there else page, code, headers=_HEADERS)

    app = Public(directory=folder, html=True, check_dir=False)
    return Starlette(routes=[Mount("/", app)], exception_handlers={404: wrong, 405: wrong})


_LOST = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not here</title></head>'
    '<body><h1>Not here</h1><p>There is no such page. <a href="/">Go to the home page</a>.</p></body>'
    "</html>"
)


def listening(port: int) -> socket.socket:
    """A socket that listens on 127.0.0.1:PORT (0: any free one). Raises OSError when it is taken."""
    # The protocol is named for asyncio's sake: only then does it send the end of a file without waiting for
    # the browser to say that it has the beginning, which takes 40 ms.
    found = socket.socket(proto=socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", port))
    found.listen(64)
    return found


def serve(folder: Path, program: str, at: socket.socket) -> None:
    """Serves FOLDER on the socket AT until it is interrupted."""
    import uvicorn

    config = uvicorn.Config(application(folder, program), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[at])
