"""What a process asks of the kernel about its parent (Linux only; elsewhere nothing happens).

A child that outlives its parent is worse than none: an orphaned web worker keeps the
port and answers with old code, an orphaned database keeps the data locked.
"""

import ctypes
import multiprocessing
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

# Loaded at import: nothing may be loaded between fork and exec.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(signum: int = signal.SIGTERM, parent: int | None = None) -> None:
    """Ask the kernel to send `signum` to this process when the thread that started it ends.

    `parent` is the pid the caller expects above it: if it is already gone the signal is
    sent at once, since the kernel never would. A change of account clears the request,
    so it comes after it (`preexec_fn` runs at the right moment).
    """
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signum)


def die_with_spawner() -> None:
    """Kill this process as soon as the one that spawned it (granian, for a web worker) is gone.

    SIGKILL, since a worker that still loads forgets a SIGTERM; and the spawner's pid is the
    one that multiprocessing noted, since `getppid` may already be that of an adopter.
    """
    spawner = multiprocessing.parent_process()
    if spawner is not None:
        die_with_parent(signal.SIGKILL, spawner.pid)
