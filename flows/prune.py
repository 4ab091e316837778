"""What lies under `work/` that nothing needs any more."""

from __future__ import annotations

from flows.store import Store


def over_budget(store: Store) -> str:
    """A warning when `work/` takes more than BAOGAO_DISK_BUDGET, else an empty string."""
    return ""
