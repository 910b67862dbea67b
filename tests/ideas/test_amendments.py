"""Changes of a text: free at first, in the open once others have read it."""

import uuid

import pytest

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.sensitive import MASK
from ozeli.ideas.differences import drawn, pieces
from ozeli.ideas.enums import State
from ozeli.ideas.models import Idea, IdeaAmendment
from ozeli.ideas.services import circuit, voices
from ozeli.ideas.services.deposits import IdeaText, edit_idea
from tests.factories import CommentFactory, IdeaFactory

WHY = "Je précise le délai demandé par Bob."
# Session, person, rights, idea, amendments, unread notifications.
PAGE_QUERIES = 6


@pytest.fixture
def idea(people) -> Idea:
    return IdeaFactory(author=people.alice, state=State.IN_DEBATE)


def text(idea: Idea, **changes) -> IdeaText:
    names = ("title", "problem", "beneficiaries", "proposal", "benefit", "domain", "audience")
    return IdeaText(**{name: getattr(idea, name) for name in names} | changes)


def edit(idea: Idea, actor, *, reason: str = "", **changes) -> Idea:
    idea.refresh_from_db()
    return edit_idea(idea, text(idea, **changes), actor=actor, version=idea.version, reason=reason)


def fields(idea: Idea, **changes) -> dict[str, object]:
    names = ("title", "problem", "beneficiaries", "proposal", "benefit", "audience", "version")
    rest = {"domain": idea.domain.code, "objective": "", "tags": "", "idempotency_key": str(uuid.uuid4())}
    return {name: getattr(idea, name) for name in names} | rest | changes


# --- word by word -------------------------------------------------------------------------------------------


def test_difference_is_by_words() -> None:
    assert pieces("un délai de trois jours", "un délai de deux jours ouvrés") == [
        ("same", "un délai de "), ("gone", "trois "), ("new", "deux "), ("same", "jours "), ("new", "ouvrés"),
    ]  # fmt: skip
    assert pieces("même", "même") == [("same", "même")]


def test_difference_is_said_to_screen_readers_and_escaped() -> None:
    html = drawn("avant", "<script>")
    assert '<del><span class="sr"> (retiré\u00a0: </span>avant' in html
    assert "&lt;script&gt;" in html


# --- when ---------------------------------------------------------------------------------------------------


def test_alone_the_author_edits_freely(people, idea):
    voices.vote(idea, voter=people.alice, wanted=True)
    CommentFactory(idea=idea, author=people.alice)
    edit(idea, people.alice, title="Un autre titre pour cette idée")
    assert not IdeaAmendment.objects.exists()


@pytest.mark.parametrize("company", ["vote", "comment", "round"])
def test_in_company_a_change_is_an_amendment(company, people, idea):
    if company == "vote":
        voices.vote(idea, voter=people.bob, wanted=True)
    elif company == "comment":
        CommentFactory(idea=idea, author=people.bob)
    else:
        Idea.objects.filter(pk=idea.pk).update(round=2)
    with pytest.raises(Refused):
        edit(idea, people.alice, proposal="Envoyer un message deux jours avant.")
    edit(idea, people.alice, proposal="Envoyer un message deux jours avant.", reason=WHY)
    amendment = IdeaAmendment.objects.get()
    assert (amendment.number, amendment.author, amendment.reason) == (1, people.alice, WHY)
    assert [one["field"] for one in amendment.changes] == ["proposal"]


def test_same_text_is_no_amendment(people, idea):
    voices.vote(idea, voter=people.bob, wanted=True)
    edit(idea, people.alice)
    assert not IdeaAmendment.objects.exists()


def test_vote_taken_back_leaves_the_author_free(people, idea):
    voices.vote(idea, voter=people.bob, wanted=True)
    voices.vote(idea, voter=people.bob, wanted=False)
    edit(idea, people.alice, title="Un autre titre pour cette idée")
    assert not IdeaAmendment.objects.exists()


@pytest.mark.parametrize("state", [State.UNDER_STUDY, State.RETAINED, State.NOT_RETAINED, State.WITHDRAWN])
def test_text_is_locked_from_the_study_on(state, people):
    idea = IdeaFactory(author=people.alice, state=state)
    with pytest.raises(Conflict):
        edit(idea, people.alice, title="Un autre titre pour cette idée", reason=WHY)


def test_nobody_else_edits(people, idea):
    with pytest.raises(Refused):
        edit(idea, people.rita, title="Un autre titre pour cette idée", reason=WHY)


def test_complement_explains_itself(people, idea):
    Idea.objects.filter(pk=idea.pk).update(state=State.DEPOSITED)
    idea.refresh_from_db()
    voices.vote(idea, voter=people.bob, wanted=True)
    circuit.ask_completion(idea, actor=people.rita, note="Combien de dossiers par mois ?")
    edit(idea, people.alice, problem="Un rendez-vous sur cinq est manqué, soit cent par mois.")
    assert IdeaAmendment.objects.get().reason == "Complément demandé par l’animation"


def test_second_editor_gets_both_texts(people, sign_in, idea):
    voices.vote(idea, voter=people.bob, wanted=True)
    stale = fields(idea, title="Le titre de la seconde fenêtre", reason=WHY)
    edit(idea, people.alice, title="Le titre de la première fenêtre", reason=WHY)
    answer = sign_in(people.alice).post(f"{idea.get_absolute_url()}modifier/", stale)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Le titre de la première fenêtre" in page
    assert "Le titre de la seconde fenêtre" in page
    assert IdeaAmendment.objects.count() == 1


def test_what_the_author_masks_is_masked_in_the_history(people, idea):
    edit(idea, people.alice, problem="Le dossier : appeler le 06 12 34 56 78 pour comprendre.")
    voices.vote(idea, voter=people.bob, wanted=True)
    edit(idea, people.alice, problem="Le dossier : appeler le service pour comprendre.", reason=WHY)
    (change,) = IdeaAmendment.objects.get().changes
    assert MASK in change["before"]
    assert "06 12" not in change["before"]


# --- pages and people told ----------------------------------------------------------------------------------


def test_form_asks_for_the_reason_only_in_company(people, sign_in, idea):
    client, url = sign_in(people.alice), f"{idea.get_absolute_url()}modifier/"
    assert "Ce que vous changez" not in client.get(url).content.decode()
    voices.vote(idea, voter=people.bob, wanted=True)
    assert "Ce que vous changez" in client.get(url).content.decode()
    refused = client.post(url, fields(idea, title="Un autre titre pour cette idée"))
    assert refused.status_code == 422
    assert "Dites en une ligne" in refused.content.decode()
    assert (
        client.post(url, fields(idea, title="Un autre titre pour cette idée", reason=WHY)).status_code == 302
    )


def test_sheet_leads_to_what_changed(people, sign_in, idea):
    client = sign_in(people.charlie)
    assert "Modifiée le" not in client.get(idea.get_absolute_url()).content.decode()
    voices.vote(idea, voter=people.bob, wanted=True)
    edit(idea, people.alice, proposal="Envoyer un message deux jours avant.", reason=WHY)
    assert "Modifiée le" in client.get(idea.get_absolute_url()).content.decode()
    page = client.get(f"{idea.get_absolute_url()}modifications/").content.decode()
    for words in (WHY, "Alice Martin", "<del>", "<ins>", "deux jours"):
        assert words in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_amendments_query_count(rows, people, sign_in, idea, django_assert_num_queries):
    voices.vote(idea, voter=people.bob, wanted=True)
    for row in range(rows):
        edit(idea, people.alice, proposal=f"Envoyer un message {row + 2} jours avant.", reason=WHY)
    client, url = sign_in(people.charlie), f"{idea.get_absolute_url()}modifications/"
    client.get(url)
    with django_assert_num_queries(PAGE_QUERIES):
        page = client.get(url)
    assert len(page.context["rows"]) == rows


def test_unchanged_idea_says_so(people, sign_in, idea):
    page = sign_in(people.bob).get(f"{idea.get_absolute_url()}modifications/").content.decode()
    assert "Cette idée n’a pas changé" in page


def test_voters_and_followers_are_told(people, idea):
    voices.vote(idea, voter=people.bob, wanted=True)
    voices.follow(idea, user=people.charlie, wanted=True)
    edit(idea, people.alice, proposal="Envoyer un message deux jours avant.", reason=WHY)
    event = Event.objects.get(type="idea.amended")
    tell_batch(event.pk)
    told = Notification.objects.filter(event=event)
    assert {one.user for one in told} == {people.bob, people.charlie}
    assert all(one.url.endswith("/modifications/") for one in told)
