"""How much the airlock takes, all senders together: it knows nobody, so it counts everybody.

Counts live in the memory of the one process, by the hour and by the day: nothing is written. What is right is never
stopped by what is forged: only forged receipts wear out their own count.
"""

import threading
import time
from collections import defaultdict

DEPOSITS_AN_HOUR = 120
DEPOSITS_A_DAY = 600
REPLIES_AN_HOUR = 300
FORGED_AN_HOUR = 500
IMAGES_AN_HOUR = 200
HOUR, DAY = 3600, 86_400

_counts: dict[tuple[str, int], int] = defaultdict(int)
_lock = threading.Lock()


def take(name: str, *limits: tuple[int, int]) -> bool:
    """Count one more of `name` unless a limit, (most, seconds), is reached: False then, and nothing is counted."""
    with _lock:
        now = int(time.time())
        keys = [((f"{name} {seconds}", now // seconds), most) for most, seconds in limits]
        if any(_counts[key] >= most for key, most in keys):
            return False
        for key, _most in keys:
            _counts[key] += 1
        _forget(now)
        return True


def _forget(now: int) -> None:
    """Drop the counts of hours and days gone by."""
    for key in [key for key in _counts if key[1] < now // int(key[0].rsplit(" ", 1)[1])]:
        del _counts[key]


def deposit() -> bool:
    return take("deposit", (DEPOSITS_AN_HOUR, HOUR), (DEPOSITS_A_DAY, DAY))


def reply() -> bool:
    return take("reply", (REPLIES_AN_HOUR, HOUR))


def image() -> bool:
    return take("image", (IMAGES_AN_HOUR, HOUR))


def forged() -> bool:
    """Count a forged receipt; False once there were too many this hour."""
    return take("forged", (FORGED_AN_HOUR, HOUR))


def forget_all() -> None:
    """For tests."""
    with _lock:
        _counts.clear()
