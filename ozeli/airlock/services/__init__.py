"""Everything that writes about anonymous deposits, outside the process of the airlock.

`releases` (from the urn to the base), `moderation` (accept, refuse, mask), `dialogue` (the desk's side of the thread),
`signing` (the author signs).
"""

from .moderation import accept, mask, refuse
from .releases import release

__all__ = ["accept", "mask", "refuse", "release"]
