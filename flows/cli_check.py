"""`baogao check`: what the checks say of a release."""

from __future__ import annotations

import click

from flows.terminal import known_release, output_root, print_json, print_table

_MOST = 20


@click.command()
@click.option("--release", "version", metavar="V", help="A version; default: the latest.")
@click.option("--all", "every", is_flag=True, help="Show the checks that hold, too.")
@click.option("--output", metavar="DIR", help="Output root [BAOGAO_OUTPUT, else output].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
def check(version: str | None, every: bool, output: str | None, as_json: bool) -> None:
    """Print what the checks say of a release: which, how many rows, and the first of them."""
    from flows.publish import quality
    from flows.store import Store, StoreError

    store = Store(output_root(output))
    wanted = known_release(store, version)
    try:
        rows = quality.results(store, wanted)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        print_json({"version": wanted, "checks": rows})
        return
    failing = [row for row in rows if every or not row["holds"]]
    found = sum(not row["holds"] for row in rows)
    click.echo(f"Release {wanted}: {len(rows)} checks, {found} found something.")
    if failing:
        shown = ("check", "table", "severity", "asked", "failed")
        few = [", ".join(row["examples"][:2]) for row in failing]
        table = [{name: row[name] for name in shown} for row in failing]
        print_table([row | {"for example": keys} for row, keys in zip(table, few, strict=True)])
    for row in failing:
        for message in row["findings"][:_MOST]:
            click.echo(f"{row['check']}: {message}")
        if (more := len(row["findings"]) - _MOST) > 0:
            click.echo(f"{row['check']}: {more} more: --json has all")
