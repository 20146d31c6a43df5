"""Which threads come first where there are more of them than cores."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

BEHIND = 10
"""Steps of nice(2) for what computes: a tenth of a core that others want, all of an idle one."""


def step_back() -> None:
    """Let the calling thread, and those it starts from now on, come after all others.

    Linux counts threads like processes here (setpriority(2), "C library/kernel differences");
    elsewhere this does nothing. There is no way back without privileges.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may not let us: then all come equal
            now = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, now + BEHIND)


class Behind:
    """Owns a thread that comes after all others, as workers do, for what others wait for.

    A network that is opened keeps the priority of who has opened it, whoever has it compute.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "behind", initializer=step_back)

    def run(
        self,
        compute: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Return what is computed there. Raises what that raises."""
        return self._pool.submit(compute, *args, **kwargs).result()

    def close(self) -> None:
        """Drop what waits; what runs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
