"""`baogao site` and `baogao serve`: the catalogue of what was published, made and shown."""

from __future__ import annotations

from pathlib import Path

import click

from flows.terminal import known_release, output_root, program

_OUTPUT = click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")


@click.command()
@click.option("--release", "version", metavar="V", help="A version; default: the latest.")
@_OUTPUT
def site(version: str | None, output: str | None) -> None:
    """Make the pages of the catalogue anew, for a release that is there."""
    from flows.publish import PublishError
    from flows.publish.site import build
    from flows.store import Store, StoreError

    store = Store(output_root(output))
    try:
        chosen = known_release(store, version)
        with store.lock("publish"):
            built = build(store, chosen, anew=True)
    except (StoreError, PublishError) as error:
        raise click.ClickException(str(error)) from None
    count = built.written + built.kept
    click.echo(f"{count:,} files of release {chosen} in {store.show('public')}, {built.removed:,} removed")


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one."
)
@_OUTPUT
def serve(port: int, output: str | None) -> None:
    """Serve what was published on http://127.0.0.1:PORT until Ctrl-C."""
    from flows.publish.site import serving

    root = output_root(output)
    if "://" in root:
        raise click.UsageError(
            f"{root} is no folder on this machine. Its host can serve {root}/public itself."
        )
    folder = Path(root).absolute() / "public"
    try:
        at = serving.listening(port)
    except OSError as error:
        raise click.ClickException(f"Port {port}: {error.strerror}. Choose another with --port.") from None
    if not (folder / "latest.json").is_file():
        click.echo(f"There is nothing published in {folder} yet. Try: {program()} run PATH", err=True)
    click.echo(f"{folder} on http://127.0.0.1:{at.getsockname()[1]}/ (Ctrl-C to stop)", err=True)
    serving.serve(folder, program(), at)
