"""What a run did, in the words that the command prints and Prefect shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from flows.model import Rejected, Release

Outcome = Literal["published", "nothing-new", "held", "empty"]

# Texts *about* reports come along with reports (decisions of a congress in a collection); that they are left
# out is no fault of the input.
NOT_A_REPORT = "not-a-report"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the hashes of the captures, and the inputs of which none could be made."""

    captures: list[str]
    rejected: list[Rejected]


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
    gate was held.
    """

    outcome: Outcome
    release: Release | None
    reports: list[str]
    extracted: int
    rejected: list[Rejected]
    not_reports: list[Rejected]
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether all of the input was used and the gate stayed open.

        Texts that are no reports do not count against a run that found reports beside them.
        """
        held = self.outcome in ("held", "empty")
        return not held and not self.rejected and not (self.not_reports and not self.reports)

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain lists and dicts, for JSON."""
        return {"ok": self.ok, **asdict(self)}

    def headline(self) -> str:
        """One sentence on the outcome."""
        release = self.release
        if self.outcome == "held":
            return self.message
        if self.outcome == "empty" or release is None:
            return "Nothing was published: no report was ever captured here. Try: baogao run PATH"
        reports = f"{release.reports} {_plural('report', release.reports)}"
        holds = f"{reports}, {release.observations:,} observations"
        if self.outcome == "nothing-new":
            return f"Nothing new: release {release.version} is up to date ({holds})."
        quarantine = f", {release.quarantined:,} rows in quarantine" if release.quarantined else ""
        changes = f"+{release.added:,} −{release.removed:,} ~{release.changed:,}"
        return f"Published release {release.version}: {holds} ({changes}){quarantine}."

    def lines(self) -> list[str]:
        """The whole summary as lines of text."""
        found = len(self.reports)
        said = [f"{found} {_plural('report', found)} in the input, {self.extracted} extracted anew."]
        said += [f"rejected: {line(one)}" for one in self.rejected]
        said += [f"no report: {line(one)}" for one in self.not_reports]
        return [*said, self.headline()]

    def markdown(self) -> str:
        """The run report for Prefect's page of the run."""
        title = {"published": "Published", "nothing-new": "Nothing new", "held": "Held", "empty": "Empty"}
        text = [f"# {title[self.outcome]}", "", self.headline(), ""]
        text.append(f"- reports in the input: {len(self.reports)}")
        text.append(f"- extracted anew: {self.extracted}")
        text.append(f"- rejected inputs: {len(self.rejected)}")
        text.append(f"- texts that are no reports: {len(self.not_reports)}")
        if self.release:
            text.append(f"- latest release: `{self.release.path}`")
        return "\n".join(text)

    def table(self) -> list[dict[str, str]]:
        """Rejected inputs and texts that are no reports, one row each."""
        return [asdict(one) for one in (*self.rejected, *self.not_reports)]


def summed_up(
    fetched: Fetched | None, extracted: Extracted, release: Release | None, message: str
) -> Summary:
    """The summary of a run; MESSAGE says why the gate was held, if it was."""
    rejected = [*(fetched.rejected if fetched else []), *extracted.rejected]
    new: Outcome = "empty" if release is None else "published" if release.new else "nothing-new"
    return Summary(
        outcome="held" if message else new,
        release=release,
        reports=extracted.reports,
        extracted=extracted.extracted,
        rejected=[one for one in rejected if one.reason != NOT_A_REPORT],
        not_reports=[one for one in rejected if one.reason == NOT_A_REPORT],
        message=message,
    )


def line(rejected: Rejected) -> str:
    """One line for people: which input, what is wrong, what to do."""
    said = " ".join(rejected.message.split())
    return said if rejected.origin in said else f"{rejected.origin}: {said}"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
