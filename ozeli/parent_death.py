"""Make a process die with its parent (Linux only; elsewhere nothing happens).

A child that outlives its parent is worse than none: an orphaned web worker keeps the
port and answers with old code, an orphaned database keeps the data locked.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

# Loaded at import: nothing may be loaded between fork and exec.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sig: int = signal.SIGTERM, parent: int | None = None) -> None:
    """Ask the kernel to send `sig` to this process when the thread that started it ends.

    `parent` is the pid the caller expects above it: if it is already gone, the signal is
    sent at once, since the kernel would never send it. A change of account clears the
    request, so call this after it (`preexec_fn` runs at the right moment).
    """
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), sig)
