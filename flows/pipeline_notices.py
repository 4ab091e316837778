"""What operators are told: the report of a run, its findings, where the release is, that a run needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import get_run_logger
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import FlowRun, State
from prefect.logging.loggers import flow_run_logger

from flows.masking import masked
from flows.settings import settings
from flows.summary import Summary


def tell(summary: Summary, findings: list[dict[str, Any]]) -> None:
    """Leaves the report of a run, the table of what was found wrong, and the link to the release."""
    for one in (*summary.rejected, *summary.not_reports):
        get_run_logger().warning("%s: %s", one.reason, one.message)
    for warning in summary.warnings:
        get_run_logger().warning("%s", warning)
    pages = settings().site_url
    create_markdown_artifact(summary.markdown(pages), key="run-report", description="What this run did")
    if table := summary.table(findings):
        create_table_artifact(table, key="findings", description="What was found wrong, the gravest first")
    if summary.release is not None:
        version = summary.release.version
        link = f"{pages.rstrip('/')}/releases/{version}/" if pages else _address(summary.release.path)
        create_link_artifact(
            link, link_text=f"Release {version}", key="release", description=summary.headline()
        )


def tell_trouble(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """A hook: tells the block that BAOGAO_NOTIFY names that a run failed, crashed or was held by the gate."""
    slug = settings().notify
    if not slug:
        return
    import prefect.blocks.notifications  # noqa: F401 makes the kinds of blocks known
    from prefect.blocks.core import Block
    from prefect.utilities.urls import url_for

    log = flow_run_logger(flow_run, flow)
    page = url_for(flow_run) or ""
    text = masked(f"{flow_run.name} ({flow.name}): {state.name}. {state.message or ''}\n{page}")
    try:
        block: Any = Block.load(slug)
    except Exception as error:
        log.error("Nobody was told: BAOGAO_NOTIFY is %s (%s)", slug, masked(str(error)))
        return
    try:
        block.notify(text, subject=f"Baogao: {state.name}")
    except Exception as error:
        # What the error says is not shown: it has the address of the web hook, which is its secret.
        status = getattr(getattr(error, "response", None), "status_code", "no answer")
        failed = type(error).__name__
        log.error("Nobody was told: the block %s of BAOGAO_NOTIFY fails (%s, %s)", slug, failed, status)


def _address(path: str) -> str:
    return path if "://" in path else Path(path).resolve().as_uri()
