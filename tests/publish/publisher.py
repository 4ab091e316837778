"""A process that publishes what was checked, and can be told at which step to kill itself."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any

# What publishing loads on its way: a process that has it can be forked again and again.
import pandas  # noqa: F401
import pyarrow.parquet  # noqa: F401

import flows.publish.build
import flows.publish.site  # noqa: F401
from flows import check, publish
from flows.store import Store, StoreError

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FULL = 28
_WRITES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir")


def run(root: str, inputs: str, last_step: int = 0, steps: Any = None) -> None:
    """Publishes what was checked of INPUTS below ROOT, as a run does.

    Ends with the code FULL when the disk is full, and with SIGKILL at step LAST_STEP, where steps are what
    opens a file for writing, moves or removes one. How many they were is put in STEPS.
    """
    count = 0

    def hook(event: str, given: tuple[Any, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(given[1], str) and any(one in given[1] for one in "wxa+")
        if writes or event in _WRITES:
            count += 1
            if count == last_step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    store = Store(root)
    try:
        if publish.current(store, inputs) is None:
            publish.publish(store, check.checked(store, inputs), now=NOW)
    except StoreError as error:
        sys.exit(FULL if error.reason == "full" else str(error))
    if steps is not None:
        steps.value = count
