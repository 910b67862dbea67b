"""The library of answer templates: written, changed and deleted by those who work the desk of their scope."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from ozeli.accounts.models import User
from ozeli.accounts.services import actor_key
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.services import clean_text
from ozeli.journal.services import record
from ozeli.network.models import Organisation

from .. import blanks
from ..enums import Reason, TemplateVerdict
from ..models import AnswerTemplate

KIND = "answer_template"
TEXT_MIN_LENGTH = 20
SAME_TITLE = "Une réponse type porte déjà ce titre. Changez-en un mot."


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """What one writes of a template."""

    title: str
    verdict: str
    text: str
    reason: str = ""
    organisation: Organisation | None = None


@transaction.atomic
def create_template(words: TemplateWords, *, actor: User) -> AnswerTemplate:
    """Add a text to the library. Raises Refused out of the person's scope, or on a blank that does not exist."""
    kept = _checked(words, actor)
    try:
        with transaction.atomic():
            template = AnswerTemplate.objects.create(**kept, written_by=actor, written_on=clock.today())
    except IntegrityError as error:
        raise Refused(SAME_TITLE) from error
    _record("create", template, actor)
    return template


@transaction.atomic
def change_template(
    template: AnswerTemplate, words: TemplateWords, *, actor: User, version: int
) -> AnswerTemplate:
    """Rewrite a template, as it was read at `version`. Answers already written from it do not change."""
    _check_scope(template.organisation, actor)
    kept = _checked(words, actor)
    as_read = AnswerTemplate.objects.filter(pk=template.pk, version=version)
    try:
        with transaction.atomic():
            changed = as_read.update(
                **kept, version=F("version") + 1, written_by=actor, written_on=clock.today()
            )
    except IntegrityError as error:
        raise Refused(SAME_TITLE) from error
    if not changed:
        raise Conflict(
            "Cette réponse type a changé pendant que vous écriviez. Les deux textes sont affichés."
        )
    template.refresh_from_db()
    _record("change", template, actor)
    return template


@transaction.atomic
def delete_template(template: AnswerTemplate, *, actor: User) -> None:
    """Take a text out of the library. Twice is once."""
    _check_scope(template.organisation, actor)
    pk = template.pk
    deleted, _each = AnswerTemplate.objects.filter(pk=pk).delete()
    if deleted:
        template.pk = pk
        _record("delete", template, actor)


def _checked(words: TemplateWords, actor: User) -> dict[str, object]:
    title, text = " ".join(clean_text(words.title).split()), clean_text(words.text)
    _check_scope(words.organisation, actor)
    if not title:
        raise Refused("Donnez un titre à cette réponse type.")
    if words.verdict not in TemplateVerdict.values:
        raise Refused("Choisissez la décision qui va avec ce texte.")
    if len(text) < TEXT_MIN_LENGTH:
        raise Refused(f"Écrivez le texte, en {TEXT_MIN_LENGTH} caractères au moins.")
    if wrong := blanks.unknown(text):
        raise Refused(unknown_words(wrong))
    declines = words.verdict == TemplateVerdict.NOT_RETAINED
    if declines and words.reason and words.reason not in Reason.values:
        raise Refused("Choisissez un motif de la liste.")
    return {
        "organisation": words.organisation,
        "title": title,
        "verdict": words.verdict,
        "reason": words.reason if declines else "",
        "text": text,
    }


def unknown_words(wrong: list[str]) -> str:
    known = ", ".join(f"{{{name}}}" for name in blanks.BLANKS)
    return f"« {', '.join(wrong)} » n’est pas un champ connu. Les champs sont : {known}."


def _check_scope(organisation: Organisation | None, actor: User) -> None:
    """A body's texts belong to its desk; those of the network to the desk of the network."""
    scope = actor.contribution_scope("ideas")
    mine = scope is None or (organisation is not None and organisation.pk in scope)
    if actor.level("ideas") < Level.CONTRIBUTE or not mine:
        raise Refused("Cette réponse type est tenue par un autre bureau.")


def _record(act: str, template: AnswerTemplate, actor: User) -> None:
    record(f"template.{act}", KIND, template.pk, actor=actor_key(actor), title=template.title)
