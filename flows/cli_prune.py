"""`baogao prune`: what no release needs any more goes."""

from __future__ import annotations

from collections import Counter

import click

from flows.terminal import output_root, print_json


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go, and how much it takes.")
@click.option(
    "--days",
    type=click.IntRange(0),
    default=30,
    show_default=True,
    help="Captures that no release needs stay so long.",
)
@click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output: every file.")
def prune(dry_run: bool, days: int, output: str | None, as_json: bool) -> None:
    """Remove captures that no release needs, and what earlier versions extracted."""
    from flows import pipeline_state, prune
    from flows.store import Store, StoreError

    store = Store(output_root(output))
    try:
        with store.lock("release"):
            old = list(prune.unneeded(store, pipeline_state.needed, days))
            for one in () if dry_run else old:
                prune.remove(store, one)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        files = [{"name": one.name, "bytes": one.bytes, "what": one.what} for one in old]
        print_json({"dry_run": dry_run, "files": files})
        return
    count, taken = Counter(one.what for one in old), Counter[str]()
    for one in old:
        taken[one.what] += one.bytes
    for what in sorted(count):
        click.echo(f"{what:10} {count[what]:7,} files  {taken[what]:14,} bytes")
    verb = "would go" if dry_run else "are gone"
    click.echo(f"{len(old):,} files with {taken.total():,} bytes {verb} from {store.show('work')}")
