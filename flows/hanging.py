"""The end of a run that hangs where its timeout does not reach it.

Prefect's timeout interrupts what the main thread does in Python. A library that does not come back from
its own code, or a thread that the end of the process waits for, hangs on; then the process has to go.
"""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator
from contextlib import contextmanager

_GRACE = 60.0
_STDERR = 2


@contextmanager
def gone_after(timeout: float, grace: float = _GRACE) -> Iterator[None]:
    """Ends this process GRACE seconds after TIMEOUT, with status 1 and the stack of every thread on stderr.

    Not when the block has ended before, by itself or with an exception; one that was interrupted in the
    block (its timeout, a signal) still has to end in time.
    """
    faulthandler.dump_traceback_later(timeout + grace, exit=True, file=_STDERR)
    try:
        yield
    except Exception:
        faulthandler.cancel_dump_traceback_later()
        raise
    faulthandler.cancel_dump_traceback_later()
