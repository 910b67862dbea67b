"""What the job of a publication does: read the draft once, make its files, open it; twice is once."""

import logging
from uuid import UUID

from ozeli.activity.services import tell
from ozeli.core import clock

from ..documents import content, pdf, word
from ..enums import SynthesisState
from ..models import SYNTHESIS_KIND, Synthesis
from .synthesis import back_to_draft, lacks, open_to_readers

ATTEMPTS = 3
FAILED = (
    "La publication n’a pas abouti. Rien n’est perdu : essayez de nouveau, ou prévenez votre administrateur."
)
log = logging.getLogger(__name__)


def make(key: UUID) -> None:
    """Make the files of a synthesis that waits for them, then open it and tell its writers."""
    synthesis = (
        Synthesis.objects.select_related("organisation", "branch")
        .filter(pk=key, state=SynthesisState.PUBLISHING)
        .first()
    )
    if synthesis is None:
        return None
    synthesis.attempts += 1
    synthesis.save(update_fields=["attempts"])
    if synthesis.attempts > ATTEMPTS:
        return _give_up(key, FAILED)
    if found := lacks(synthesis):
        return _give_up(key, found[0][1])
    today = clock.today()
    document = content.read(synthesis, day=today)
    _tell_progress(key, 20)
    paper = pdf.write(document, today)
    _tell_progress(key, 70)
    made = {"pdf": paper, "docx": word.write(document)}
    _tell_progress(key, 95)
    # A word changed under the job, or a project closed to some readers: what was made is not what would open.
    if lacks(synthesis) or open_to_readers(key, made) is None:
        return _give_up(key, FAILED)
    tell("synthesis.ready", SYNTHESIS_KIND, key, actor=None)
    return None


def _give_up(key: UUID, message: str) -> None:
    back_to_draft(key, message)
    if Synthesis.objects.filter(pk=key, state=SynthesisState.DRAFT, message=message).exists():
        tell("synthesis.ready", SYNTHESIS_KIND, key, actor=None)


def _tell_progress(key: UUID, percent: int) -> None:
    Synthesis.objects.filter(pk=key, state=SynthesisState.PUBLISHING).update(progress=percent)
