"""The objects that files are joined to: each kind says who may read its files, and what to do when one is refused.

A kind without an owner is a kind that nobody may read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from ozeli.accounts.models import User
from ozeli.core.registry import Registry

if TYPE_CHECKING:
    from .models import StoredFile


def _nothing(file: "StoredFile") -> None:
    return None


@dataclass(frozen=True, slots=True)
class Owner:
    """A kind of object with files.

    `visible(user, ids)` yields, through `visible_to`, those that this person may read now: asked at each download.
    `existing(ids)` yields those that still exist: the files of the others are purged.
    `refused(file)` tells its uploader, in the transaction of the refusal; `published(file)` acts in that of the
    publication.
    """

    kind: str
    visible: Callable[[User, Sequence[UUID]], Iterable[UUID]]
    existing: Callable[[Sequence[UUID]], Iterable[UUID]]
    refused: Callable[["StoredFile"], None] = _nothing
    published: Callable[["StoredFile"], None] = _nothing
    position: int = 100

    @property
    def code(self) -> str:
        return self.kind


owners: Registry[Owner] = Registry()
