"""Open and close one's page, and write to somebody from it."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from ozeli.accounts.models import User
from ozeli.accounts.services import hold
from ozeli.activity.models import Event
from ozeli.activity.services import tell
from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.search.services import schedule_index

from .. import rules
from ..models import KIND, PersonPage

WRITTEN = "person.written_to"
LETTERS_A_DAY = 5
CHOICES = ("is_open", "about", "shows_job", "shows_roles", "shows_ideas", "takes_mail")


@transaction.atomic
def save_page(user: User, choices: dict[str, Any]) -> PersonPage:
    """Bring one's page to the wanted state; the search follows."""
    from ..selectors.pages import open_pages

    page, _created = PersonPage.objects.select_for_update(of=("self",)).get_or_create(user=user)
    for name in CHOICES:
        setattr(page, name, choices[name])
    page.save(update_fields=CHOICES)
    schedule_index(KIND, [page.pk])
    shown = {user.pk: page.get_absolute_url()} if page.is_open else {}
    transaction.on_commit(lambda: (open_pages().pop(user.pk, None), open_pages().update(shown)))
    return page


@transaction.atomic
def write_to(page: PersonPage, words: str, *, actor: User) -> None:
    """Send a word to the owner of a page, as a notification and a mail. No address is shown to the writer."""
    if not rules.is_shown(page) or not page.takes_mail:
        raise Refused("Cette personne ne reçoit pas de message depuis le portail.")
    hold(actor)
    since = clock.now() - timedelta(days=1)
    if Event.objects.filter(type=WRITTEN, actor=actor, at__gt=since).count() >= LETTERS_A_DAY:
        raise Refused(f"Vous avez écrit {LETTERS_A_DAY} messages en un jour : reprenez demain.")
    tell(WRITTEN, KIND, page.pk, actor=actor, words=words, writer=actor.pk)
