"""Which threads come first where there are more of them than cores."""

import os
import sys
import threading
from contextlib import suppress

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
