"""`baogao serve`: what was published, on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from flows.terminal import output_root, program


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one."
)
@click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")
def serve(port: int, output: str | None) -> None:
    """Serve what was published on http://127.0.0.1:PORT until Ctrl-C."""
    import functools
    import http.server

    folder = Path(output_root(output)) / "public"
    if not folder.is_dir():
        raise click.ClickException(f"There is nothing published in {folder}. Try: {program()} run PATH")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise click.ClickException(f"Port {port}: {error.strerror}. Choose another with --port.") from None
    click.echo(f"{folder} on http://127.0.0.1:{server.server_address[1]}/ (Ctrl-C to stop)", err=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
