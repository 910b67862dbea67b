"""What a form does when its texts seem to hold data about a person: it shows the passages, and asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ozeli.accounts.models import User
from ozeli.core.french import list_of
from ozeli.engagement.sensitive import Passage, fingerprint, is_blocked, passages

CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Watch:
    """The passages found. `is_confirmed`: the writer has said yes to these very ones; a NIR is never confirmed."""

    found: list[Passage]
    is_confirmed: bool = False

    @property
    def is_blocked(self) -> bool:
        return is_blocked(self.found)

    @property
    def stops(self) -> bool:
        return bool(self.found) and (self.is_blocked or not self.is_confirmed)

    @property
    def key(self) -> str:
        return fingerprint(self.found)

    @property
    def summary(self) -> str:
        """« votre texte semble contenir un numéro de téléphone » : the kinds, once each."""
        kinds = list(dict.fromkeys(one.label for one in self.found))
        return f"Attention\u00a0: votre texte semble contenir\u00a0: {list_of(kinds)}." if kinds else ""


class Watched:
    """A form whose texts are looked at before they are published."""

    watch: Watch = Watch([])


def watch(texts: Iterable[tuple[str, str]], *, writer: User, data: Any = None) -> Watch:
    """Look at (where, text); `data` is what was posted, with the confirmation when there is one."""
    found = passages(texts, own=[writer.email])
    said = data.get(CONFIRMED, "") if data is not None else ""
    return Watch(found, bool(said) and said == fingerprint(found))
