"""A challenge is prepared step by step, copied from last year, and published once."""

from datetime import timedelta

import pytest

from ozeli.activity.models import Event
from ozeli.challenges.calendar import Planned
from ozeli.challenges.days import end_of, first_day, start_of
from ozeli.challenges.enums import AnimatorRole, ChallengeState, Format, PhaseKind, VotingRule
from ozeli.challenges.formats import models
from ozeli.challenges.models import Challenge, ChallengeAnimator, Prize
from ozeli.challenges.services import communication, drafts, publication
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.engagement.models import Poll
from ozeli.ideas.models_challenges import IdeaPrize
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from tests.factories import ChallengeFactory, IdeaFactory
from tests.ideas.at_once import kinds, together
from tests.personas import Cast, cast

pytestmark = pytest.mark.django_db


def ready(actor, format=Format.CHALLENGE, **values) -> Challenge:
    """A draft with a name, a question and a calendar of its model."""
    draft = drafts.create(format, actor=actor)
    words = {"title": "Zéro papier", "question": "Quel papier supprimer ?"} | values
    return drafts.save(draft, words, actor=actor, version=draft.version)


def again(draft: Challenge) -> Challenge:
    return Challenge.objects.get(pk=draft.pk)


@pytest.mark.parametrize("format", Format)
def test_each_format_gives_a_sound_draft(format, people: Cast) -> None:
    draft = again(ready(people.rita, format))
    model = models()[format]
    assert publication.lacks(draft) == []
    assert draft.voting_rule == model.rule and draft.answer_delay_days == model.delay
    assert [phase.kind for phase in draft.phases.all()] == [one.kind for one in model.phases]
    assert draft.opens_at.astimezone().weekday() in (0, 6) and first_day(draft.phases.all()[0]).weekday() == 0
    assert draft.organisation == people.loire and draft.animators.get().role == AnimatorRole.LEAD
    assert Poll.objects.get(object_id=draft.pk).pk == draft.poll_id


def test_readers_prepare_nothing(people: Cast) -> None:
    with pytest.raises(Refused, match="dont vous avez la charge"):
        drafts.create(Format.BOX, actor=people.alice)


def test_a_network_contributor_carries_for_their_own_body(people: Cast) -> None:
    assert drafts.create(Format.BOX, actor=people.nora).organisation == people.nord


def test_a_contributor_of_a_body_opens_to_that_body_alone(people: Cast) -> None:
    draft = ready(people.rita)
    for audience, branch, bodies in (
        (Audience.NETWORK, None, []),
        (Audience.BRANCH, people.loire.branch_id, []),
        (Audience.ORGANISATION, None, [people.loire, people.rhone]),
    ):
        with pytest.raises(Refused, match="à tout le réseau"):
            drafts.save(
                draft,
                {"audience": audience, "branch_id": branch},
                actor=people.rita,
                version=again(draft).version,
                bodies=bodies,
            )
    with pytest.raises(Refused, match="dont vous avez la charge"):
        drafts.save(
            draft,
            {"organisation_id": people.rhone.pk},
            actor=people.rita,
            version=again(draft).version,
            bodies=[people.loire],
        )
    wide = ready(people.nora)
    saved = drafts.save(
        wide, {"audience": Audience.NETWORK}, actor=people.nora, version=again(wide).version, bodies=[]
    )
    assert not saved.bodies.exists()


def test_the_right_to_open_is_asked_again_at_publication(people: Cast) -> None:
    draft = ready(people.rita)
    Challenge.objects.filter(pk=draft.pk).update(audience=Audience.NETWORK)
    with pytest.raises(Refused, match="à tout le réseau"):
        publication.publish(draft, actor=people.rita, version=again(draft).version)


def test_a_stale_step_is_refused_and_nothing_is_lost(people: Cast) -> None:
    draft = ready(people.rita)
    with pytest.raises(Conflict):
        drafts.save(draft, {"title": "Autre"}, actor=people.rita, version=draft.version)
    assert again(draft).title == "Zéro papier"


def test_strangers_save_nothing(people: Cast) -> None:
    draft = ready(people.rita)
    with pytest.raises(Refused, match="Seule l’équipe"):
        drafts.save(draft, {"title": "Autre"}, actor=people.bob, version=again(draft).version)


def test_a_calendar_that_does_not_hold_is_refused_with_its_phases(people: Cast) -> None:
    draft, today = ready(people.rita), clock.today()
    reversed_ = Planned(
        PhaseKind.OPEN, start_of(today + timedelta(days=9)), end_of(today + timedelta(days=2))
    )
    with pytest.raises(Refused, match="Dépôt et votes"):
        drafts.save_phases(draft, [reversed_], actor=people.rita, version=again(draft).version)
    forever = Planned(PhaseKind.OPEN, start_of(today), None)
    saved = drafts.save_phases(draft, [forever], actor=people.rita, version=again(draft).version)
    assert (again(saved).opens_at, again(saved).closes_at) == (start_of(today), None)
    assert Poll.objects.get(pk=saved.poll_id).opens_at == start_of(today)


def test_the_plan_comes_with_the_calendar(people: Cast) -> None:
    draft = ready(people.rita)
    today = clock.today()
    opens = Planned(PhaseKind.OPEN, start_of(today + timedelta(days=30)), None)
    drafts.save_phases(draft, [opens], actor=people.rita, version=again(draft).version)
    steps = list(draft.communication.all())
    assert steps == [] or all(step.words for step in steps)
    box = ready(people.rita, Format.BOX, title="La boîte {titre}")
    assert communication.propose(box) == 3
    assert "La boîte {titre}" in box.communication.first().words, "what a person wrote is no mark"


def test_publication_fixes_the_address_and_tells(people: Cast) -> None:
    draft = ready(people.rita)
    communication.propose(draft)
    former = draft.get_absolute_url()
    found = publication.publish(draft, actor=people.rita, version=again(draft).version)
    assert (found.slug, again(draft).state) == ("zero-papier", ChallengeState.PUBLISHED)
    words = " ".join(draft.communication.values_list("words", flat=True))
    assert former not in words and "/defis/zero-papier/" in words
    assert Event.objects.filter(type="challenge.published", object_id=draft.pk).count() == 1
    assert Entry.objects.filter(verb="challenge.publish", object_id=str(draft.pk)).count() == 1
    other = ready(people.rita)
    assert publication.publish(other, actor=people.rita, version=again(other).version).slug == "zero-papier-2"
    reserved = ready(people.rita, title="Nouveau")
    assert (
        publication.publish(reserved, actor=people.rita, version=again(reserved).version).slug == "nouveau-2"
    )
    wordless = ready(people.rita, title="???")
    assert publication.publish(wordless, actor=people.rita, version=again(wordless).version).slug == "defi"


def test_what_is_missing_is_said_with_its_step(people: Cast) -> None:
    draft = drafts.create(Format.CHALLENGE, actor=people.rita)
    drafts.save(draft, {"rules_text": ""}, actor=people.rita, version=draft.version)
    draft.phases.all().delete()
    assert {lack.step for lack in publication.lacks(again(draft))} == {
        "question",
        "participants",
        "calendrier",
    }
    with pytest.raises(Refused, match="Donnez un nom"):
        publication.publish(draft, actor=people.rita, version=again(draft).version)


def test_an_animator_prepares_but_does_not_publish(people: Cast) -> None:
    draft = ready(people.rita)
    ChallengeAnimator.objects.create(challenge=draft, user=people.bob)
    drafts.save(draft, {"theme": "Papier"}, actor=people.bob, version=again(draft).version)
    with pytest.raises(Refused, match="revient au responsable"):
        publication.publish(draft, actor=people.bob, version=again(draft).version)
    with pytest.raises(Conflict):
        drafts.delete(draft, actor=people.bob)


def test_last_year_comes_back_without_its_team(people: Cast) -> None:
    old = ChallengeFactory(
        organisation=people.loire,
        voting_rule=VotingRule.BUDGET,
        votes_each=4,
        audience=Audience.ORGANISATION,
        bodies=[people.loire],
        phases={PhaseKind.OPEN: (-400, -380), PhaseKind.RESULTS: (-370, -360)},
    )
    ChallengeAnimator.objects.create(challenge=old, user=people.bob)
    Prize.objects.create(challenge=old, title="Du temps")
    communication.propose(old)
    copied = again(drafts.copy(old, actor=people.rita))
    assert (copied.title, copied.votes_each, copied.copied_from) == (old.title, 4, old)
    assert [row.user for row in copied.animators.all()] == [people.rita]
    assert [prize.title for prize in copied.prizes.all()] == ["Du temps"]
    before, after = old.phases.all()[0], copied.phases.all()[0]
    gap = first_day(after) - first_day(before)
    assert gap.days % 364 == 0 and first_day(after) >= clock.today()
    assert copied.communication.count() == old.communication.count() > 0
    assert not copied.communication.filter(words__contains=old.get_absolute_url()).exists()


def test_a_copy_takes_no_plan_that_its_author_may_not_read(people: Cast) -> None:
    """Anybody who sees a challenge copies it; its plan is read by its team alone."""
    old = ChallengeFactory(organisation=people.nord, bodies=[])
    communication.propose(old)
    old.communication.update(words="À ne dire qu’à la direction du Nord.")
    assert not drafts.copy(old, actor=people.rita).communication.filter(words__contains="direction").exists()
    ChallengeAnimator.objects.create(challenge=old, user=people.rita)
    assert (
        drafts.copy(again(old), actor=people.rita).communication.filter(words__contains="direction").exists()
    )


def test_a_copy_is_no_wider_than_its_author_may_open(people: Cast) -> None:
    old = ChallengeFactory(organisation=people.nord)
    copied = again(drafts.copy(old, actor=people.rita))
    assert (copied.organisation, copied.audience) == (people.loire, Audience.ORGANISATION)
    assert [row.organisation for row in copied.bodies.all()] == [people.loire]
    assert drafts.copy(old, actor=people.nora).audience == Audience.NETWORK


def test_once_published_texts_change_and_rules_do_not(people: Cast) -> None:
    found = ChallengeFactory(organisation=people.loire)
    drafts.save(found, {"title": "Autre nom"}, actor=people.rita, version=1)
    entry = Entry.objects.get(verb="challenge.change")
    assert entry.details["changes"]["title"][1] == "Autre nom"
    with pytest.raises(Refused, match="ce point ne change plus"):
        drafts.save(found, {"votes_each": 3}, actor=people.rita, version=2)
    with pytest.raises(Refused, match="ce point ne change plus"):
        drafts.save_phases(found, [], actor=people.rita, version=2)
    drafts.save_prizes(found, [("Du temps", "")], actor=people.rita, version=2)
    assert Entry.objects.filter(verb="challenge.change").count() == 2
    drafts.save_prizes(found, [("Du temps", "")], actor=people.rita, version=3)
    assert Entry.objects.filter(verb="challenge.change").count() == 2


def test_a_prize_that_changes_keeps_its_row(people: Cast) -> None:
    """An idea may have received it: a correction, a new order or a removal beside it moves nothing."""
    found = ChallengeFactory(organisation=people.loire)

    def save(*prizes: tuple[str, str]) -> dict[str, int]:
        version = again(found).version
        drafts.save_prizes(found, prizes, actor=people.rita, version=version)
        return dict(found.prizes.values_list("title", "pk"))

    first = save(("Or", ""), ("Argent", ""))
    turned = save(("Argent", "Deux jours"), ("Or", ""))
    assert turned == first and list(turned) == ["Argent", "Or"]
    assert save(("Argent", ""), ("Vermeil", ""))["Vermeil"] == first["Or"]
    assert save(("Vermeil", "")) == {"Vermeil": first["Or"]}


def test_a_prize_that_was_given_stays(people: Cast) -> None:
    found = ChallengeFactory(organisation=people.loire)
    drafts.save_prizes(found, [("Or", "")], actor=people.rita, version=1)
    idea = IdeaFactory(author=people.alice)
    IdeaPrize.objects.create(idea=idea, prize=found.prizes.get(), given_on=clock.today())
    with pytest.raises(Refused, match="déjà remis"):
        drafts.save_prizes(found, [], actor=people.rita, version=2)


def test_a_cancelled_challenge_does_not_change(people: Cast) -> None:
    found = ChallengeFactory(organisation=people.loire, state=ChallengeState.CANCELLED)
    with pytest.raises(Refused, match="annulé"):
        drafts.save(found, {"title": "Autre"}, actor=people.rita, version=1)


def test_a_draft_is_dropped_with_its_poll(people: Cast) -> None:
    draft = ready(people.rita)
    drafts.delete(draft, actor=people.rita)
    assert not Challenge.objects.filter(pk=draft.pk).exists()
    assert not Poll.objects.filter(pk=draft.poll_id).exists()


def test_cancelling_asks_a_reason_closes_votes_and_tells(people: Cast) -> None:
    found = ChallengeFactory(organisation=people.loire)
    with pytest.raises(Refused, match="Dites pourquoi"):
        publication.cancel(found, actor=people.rita, reason="non", version=1)
    with pytest.raises(Refused, match="responsable"):
        publication.cancel(found, actor=people.bob, reason="Le budget a été retiré.", version=1)
    publication.cancel(found, actor=people.rita, reason="Le budget a été retiré.", version=1)
    poll = Poll.objects.get(pk=found.poll_id)
    assert (again(found).state, poll.opens_at, poll.closes_at) == (ChallengeState.CANCELLED, None, None)
    assert Event.objects.filter(type="challenge.cancelled").count() == 1
    with pytest.raises(Conflict):
        publication.cancel(found, actor=people.rita, reason="Le budget a été retiré.", version=2)


@pytest.mark.django_db(transaction=True)
def test_two_windows_publish_once() -> None:
    people = cast()
    draft = ready(people.rita)
    version = again(draft).version

    def publish() -> Challenge:
        return publication.publish(again(draft), actor=people.rita, version=version)

    assert kinds(together(publish, publish)) == [False, True]
    assert Event.objects.filter(type="challenge.published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_drafts_of_one_name_get_two_addresses() -> None:
    people = cast()
    made = [ready(people.rita), ready(people.rita)]

    def publish(draft: Challenge) -> Challenge:
        return publication.publish(draft, actor=people.rita, version=again(draft).version)

    found = together(*(lambda draft=draft: publish(draft) for draft in made))
    assert {one.slug for one in found} == {"zero-papier", "zero-papier-2"}
