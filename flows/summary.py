"""What a run did, in the words that the command prints and Prefect shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from flows.model import Finding, Rejected, Release

Outcome = Literal[
    "published", "published-with-warnings", "nothing-new", "held", "source-down", "rejected", "empty"
]

# Texts *about* reports come along with reports (decisions of a congress in a collection); that they are left
# out is no fault of the input.
NOT_A_REPORT = "not-a-report"
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the hashes of the captures, the inputs of which none could be made, and the sources that
    gave nothing but faults, each with its reasons. `by_hand`: somebody named the inputs."""

    captures: list[str]
    rejected: list[Rejected]
    down: list[str]
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was read and extracted: how many reports came with this run and are there in all, how many had
    to be extracted anew, and what was rejected of this run's input."""

    reports: list[str]
    total: int
    extracted: int
    rejected: list[Rejected]


@dataclass(frozen=True, slots=True)
class Summary:
    """A run: its outcome, the release that is now the latest, and what came of the input.

    `reports` are the keys of the reports in the input, `extracted` how many reports were extracted anew,
    `rejected` what could not be used, `not_reports` what is no government work report, `message` why the
    gate was held, `warnings` what somebody should look at though it stopped nothing.
    """

    outcome: Outcome
    release: Release | None
    reports: list[str]
    extracted: int
    rejected: list[Rejected]
    not_reports: list[Rejected]
    message: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all of the input was used and the gate stayed open.

        Texts that are no reports do not count against a run that found reports beside them.
        """
        stopped = self.bad or self.outcome == "empty"
        return not stopped and not self.rejected and not (self.not_reports and not self.reports)

    @property
    def bad(self) -> bool:
        """Whether somebody has to do something before there can be a release."""
        return self.outcome in ("held", "source-down", "rejected")

    @property
    def title(self) -> str:
        """The outcome as the name of a state, such as `Nothing new`."""
        return self.outcome.replace("-", " ").capitalize()

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain lists and dicts, for JSON."""
        return {"ok": self.ok, **asdict(self)}

    def headline(self) -> str:
        """One sentence on the outcome."""
        release = self.release
        if self.outcome == "held":
            return self.message
        if self.outcome == "source-down":
            stays = (
                f" Release {release.version} stays the latest." if release else " Nothing was published yet."
            )
            return f"{'; '.join(self.warnings)}.{stays}"
        if self.outcome == "rejected":
            first = line((*self.rejected, *self.not_reports)[0])
            return f"Nothing of the input could be used: {first}"
        if self.outcome == "empty" or release is None:
            return "Nothing was published: no report was ever captured here. Try: baogao run PATH"
        reports = f"{release.reports} {_plural('report', release.reports)}"
        holds = f"{reports}, {release.observations:,} observations"
        if self.outcome == "nothing-new":
            return f"Nothing new: release {release.version} is up to date ({holds})."
        quarantine = f", {release.quarantined:,} rows in quarantine" if release.quarantined else ""
        return f"Published release {release.version}: {holds} ({_changes(release)}){quarantine}."

    def lines(self) -> list[str]:
        """The whole summary as lines of text."""
        found = len(self.reports)
        said = [f"{found} {_plural('report', found)} in the input, {self.extracted} extracted anew."]
        said += [f"rejected: {line(one)}" for one in self.rejected]
        said += [f"no report: {line(one)}" for one in self.not_reports]
        said += [f"warning: {one}" for one in self.warnings if self.outcome != "source-down"]
        return [*said, self.headline()]

    def markdown(self, pages: str = "") -> str:
        """The run report for Prefect's page of the run; PAGES is the address of the published pages."""
        text = [f"# {self.title}", "", self.headline(), "", "## What came", ""]
        text.append(f"- reports in the input: {len(self.reports)}{_few(self.reports)}")
        text.append(f"- extracted anew: {self.extracted}")
        text.append(f"- rejected inputs: {len(self.rejected)}")
        text.append(f"- texts that are no reports: {len(self.not_reports)}")
        if self.warnings:
            text += ["", "## Warnings", "", *(f"- {one}" for one in self.warnings)]
        text += _listed("## Rejected, and why", self.rejected)
        text += _listed("## No reports", self.not_reports)
        if self.release:
            text += ["", "## What changed", "", _change(self.release), "", "## Where it is", ""]
            text.append(f"- release: {_link(self.release.path, pages, f'releases/{self.release.version}/')}")
            text.append(f"- quality: {_link('public/quality/index.html', pages, 'quality/index.html')}")
        return "\n".join(text)

    def table(self, findings: Iterable[dict[str, Any]] = ()) -> list[dict[str, Any]]:
        """What was found wrong: FINDINGS (see `table_of`), then the inputs that were not used, by reason."""
        reasons: dict[str, list[Rejected]] = {}
        for one in (*self.rejected, *self.not_reports):
            reasons.setdefault(one.reason, []).append(one)
        rows = [
            {
                "severity": "info" if reason == NOT_A_REPORT else "warning",
                "check": reason,
                "about": "input",
                "count": len(these),
                "example": line(these[0]),
            }
            for reason, these in sorted(reasons.items())
        ]
        return [*findings, *rows]


def summed_up(
    fetched: Fetched | None,
    extracted: Extracted,
    release: Release | None,
    message: str,
    beside: Iterable[str] = (),
) -> Summary:
    """The summary of a run; MESSAGE says why the gate was held, if it was, BESIDE what else was not right."""
    both = [*(fetched.rejected if fetched else []), *extracted.rejected]
    rejected = [one for one in both if one.reason != NOT_A_REPORT]
    down = [f"Source down: {one}" for one in fetched.down] if fetched else []
    warnings = [*down, *filter(None, beside)]
    if rejected and release is not None and release.new:
        warnings.append(f"{len(rejected)} {_plural('input', len(rejected))} could not be used")
    outcome: Outcome
    if message:
        outcome = "held"
    elif release is not None and release.new:
        outcome = "published-with-warnings" if warnings else "published"
    elif down:
        outcome = "source-down"
    elif fetched and fetched.by_hand and both and not extracted.reports:
        outcome = "rejected"
    else:
        outcome = "empty" if release is None else "nothing-new"
    return Summary(
        outcome=outcome,
        release=release,
        reports=extracted.reports,
        extracted=extracted.extracted,
        rejected=rejected,
        not_reports=[one for one in both if one.reason == NOT_A_REPORT],
        message=message,
        warnings=tuple(warnings),
    )


def table_of(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings counted by severity, check and table, with one example each; the gravest come first."""
    counted: dict[tuple[str, str, str], list[Any]] = {}
    for one in findings:
        counted.setdefault((one.severity, one.check, one.table), [0, one.message])[0] += 1
    order = ("critical", "warning", "info")
    rows = sorted(counted.items(), key=lambda item: (order.index(item[0][0]), -item[1][0], item[0]))
    return [
        {"severity": severity, "check": check, "about": table, "count": count, "example": example}
        for (severity, check, table), (count, example) in rows
    ]


def line(rejected: Rejected) -> str:
    """One line for people: which input, what is wrong, what to do."""
    said = " ".join(rejected.message.split())
    return said if rejected.origin in said else f"{rejected.origin}: {said}"


def _listed(title: str, rejected: list[Rejected]) -> list[str]:
    if not rejected:
        return []
    rows = [f"| `{one.reason}` | {_cell(line(one))} |" for one in rejected[:_SHOWN]]
    more = [f"\n… and {len(rejected) - _SHOWN} more."] if len(rejected) > _SHOWN else []
    return ["", title, "", "| reason | what |", "|---|---|", *rows, *more]


def _change(release: Release) -> str:
    if not release.new:
        return f"Nothing; release {release.version} holds {release.observations:,} observations."
    return (
        f"{_changes(release)} observations (added, removed, changed); {release.reports} reports with "
        f"{release.observations:,} observations, {release.quarantined:,} rows in quarantine."
    )


def _changes(release: Release) -> str:
    return f"+{release.added:,} −{release.removed:,} ~{release.changed:,}"


def _few(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:10])
    return f" ({shown}{', …' if len(names) > 10 else ''})" if names else ""


def _link(path: str, pages: str, below: str) -> str:
    return f"[{path}]({pages.rstrip('/')}/{below})" if pages else f"`{path}`"


def _cell(text: str) -> str:
    """TEXT for a cell of a table in Markdown, from outside and therefore not to be trusted."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
