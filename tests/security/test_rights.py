"""Nobody reads, does or gives more than the matrix and their scope allow."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from ozeli.accounts import services
from ozeli.accounts.models import MatrixCell, Membership, Profile, User
from ozeli.activity.services import set_follow
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Refused
from ozeli.core.exports import exports
from ozeli.engagement.models import Vote
from ozeli.engagement.services import set_tags
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Decision, Idea, IdeaDraft, IdeaExpert, RevivalRequest
from ozeli.ideas.services.decisions import prepare_decision, publish_decision
from ozeli.ideas.services.revivals import answer_revival, ask_revival
from ozeli.network.enums import Audience
from ozeli.search.services import index_objects
from ozeli.transfers.services import exports as runs
from tests.factories import ANSWER, DecisionFactory, IdeaFactory, UserFactory
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
CANARY = "CANARI-JAUNE"


def keyed(**fields: Any) -> dict[str, Any]:
    return {"idempotency_key": str(uuid4()), **fields}


def profile(code: str) -> Profile:
    return Profile.objects.get(code=code)


# --- giving rights ----------------------------------------------------------------------------------------------------


@pytest.fixture
def delegate(people: Cast) -> User:
    """Administers the rights of the Loire only."""
    return UserFactory(organisation=people.loire, profile="administrator", profile__scope=people.loire)


@pytest.mark.parametrize("code", ["superadmin", "developer"])
def test_a_delegate_gives_nobody_more_than_they_hold(people: Cast, delegate: User, code: str) -> None:
    """Operations are not divided by body: a profile « on the Loire » would open the logs of the network."""
    for person in (delegate, people.alice):
        with pytest.raises(Refused, match="plus de droits"):
            services.grant_membership(person, profile(code), organisation=people.loire, actor=delegate)
    assert not Membership.objects.filter(profile__code=code, organisation=people.loire).exists()


@pytest.mark.parametrize("code", ["reader", "contributor", "administrator"])
def test_a_delegate_gives_what_they_hold_on_their_body(people: Cast, delegate: User, code: str) -> None:
    services.grant_membership(people.alice, profile(code), organisation=people.loire, actor=delegate)

    for elsewhere in (people.rhone, None):
        with pytest.raises(Refused):
            services.grant_membership(people.alice, profile(code), organisation=elsewhere, actor=delegate)


def test_a_delegate_reaches_neither_matrix_nor_journal_nor_people_elsewhere(
    sign_in: SignIn, people: Cast, delegate: User
) -> None:
    client, administration = sign_in(delegate), "/administration/"
    refused = [
        "matrice/",
        "matrice/export.csv",
        "journal/",
        "journal/export.csv",
        f"personnes/{people.bob.pk}/",
    ]

    assert {client.get(administration + path).status_code for path in refused} == {403, 404}
    assert client.post(f"{administration}matrice/", keyed(change="rights.reader.0.3")).status_code == 403
    exported = b"".join(client.get(f"{administration}personnes/export.csv").streaming_content).decode()
    assert people.alice.email in exported
    assert people.bob.email not in exported


def test_a_posted_scope_is_judged_again(sign_in: SignIn, people: Cast, delegate: User) -> None:
    path = f"/administration/personnes/{people.alice.pk}/"
    for scope in ("", people.rhone.name):
        fields = keyed(profile=profile("administrator").pk, organisation=scope, user=delegate.pk, actor="")
        assert sign_in(delegate).post(path, fields).status_code == 422
    assert people.alice.memberships.count() == 1


def test_the_last_keeper_of_rights_cannot_be_locked_out(people: Cast) -> None:
    services.end_membership(people.adam.memberships.get(), actor=people.sonia)
    held, today = people.sonia.memberships.get(), clock.today()

    with pytest.raises(Refused):
        services.end_membership(held, actor=people.sonia)
    with pytest.raises(Refused):
        services.grant_membership(people.sonia, held.profile, ends_on=today, actor=people.sonia)
    with pytest.raises(Refused):
        services.set_level(held.profile, "rights", Level.CONTRIBUTE, actor=people.sonia)
    assert Membership.objects.in_force().get(pk=held.pk).ends_on is None


# --- posting more than the form offers --------------------------------------------------------------------------------


def test_a_deposit_takes_nothing_but_its_own_fields(sign_in: SignIn, people: Cast) -> None:
    alice = sign_in(people.alice)
    idea = IdeaFactory(author=people.alice)
    extra = {
        "state": State.RETAINED,
        "organisation": people.rhone.pk,
        "organisation_id": people.rhone.pk,
        "branch": people.nord.branch_id,
        "handler": people.alice.pk,
        "is_anonymous": "1",
        "is_hidden": "1",
        "vote_count": 999,
        "ballot": 1,
        "owner": people.bob.pk,
        "deposited_on": "2020-01-01",
        "round": 5,
    }
    words = {
        "title": "Un autre titre",
        "problem": "Un problème assez long pour être lu.",
        "proposal": "Une proposition assez longue pour être lue.",
        "domain": idea.domain.code,
        "audience": Audience.NETWORK,
    }
    answer = alice.post(f"{idea.get_absolute_url()}modifier/", keyed(version=1, **words, **extra))
    after = Idea.objects.get(pk=idea.pk)

    assert (answer.status_code, after.title) == (302, "Un autre titre")
    for name in (
        "state",
        "organisation_id",
        "branch_id",
        "is_anonymous",
        "is_hidden",
        "vote_count",
        "ballot_id",
    ):
        assert getattr(after, name) == getattr(idea, name), name
    assert (after.deposited_on, after.round, after.handler_id) == (idea.deposited_on, 1, None)


def test_somebody_else_s_draft_is_neither_read_nor_written(sign_in: SignIn, people: Cast) -> None:
    draft = IdeaDraft.objects.create(owner=people.alice, fields={"problem": CANARY}, saved_at=clock.now())
    bob = sign_in(people.bob)

    for path in (f"/idees/deposer/?brouillon={draft.pk}", f"/idees/deposer/relire/{draft.pk}/"):
        assert bob.get(path).status_code == 404
    bob.post("/idees/deposer/brouillon/", {"draft": str(draft.pk), "problem": "Le mien"})
    bob.post("/idees/deposer/", keyed(draft=str(draft.pk), problem="Le mien", geste="brouillon"))
    assert bob.post(f"/idees/deposer/relire/{draft.pk}/", keyed(title="Pris")).status_code == 404
    assert bob.post(f"/mes-idees/brouillons/{draft.pk}/supprimer/", keyed()).status_code == 404
    assert IdeaDraft.objects.get(pk=draft.pk).fields == {"problem": CANARY}
    assert CANARY not in bob.get("/mes-idees/").content.decode()


# --- reading ----------------------------------------------------------------------------------------------------------

EVERYWHERE = (
    "/", "/idees/", "/idees/export.csv", "/idees/?tri=soutenues", "/mes-idees/", "/mes-idees/?liste=suivies",
    "/mes-idees/?liste=soutenues", "/cimetiere/", "/cimetiere/export.csv", f"/cimetiere/?mots={CANARY}",
    f"/recherche/?q={CANARY}", f"/recherche/export.csv?q={CANARY}", "/organismes/cpam-loire/", "/notifications/",
    "/notifications/?vue=toutes", "/donnees-cles/", "/idees/deposer/",
)  # fmt: skip


def seen(client: Client, paths: tuple[str, ...] = EVERYWHERE) -> list[str]:
    """The addresses where the canary shows, the words that were typed left aside."""
    found = []
    for path in paths:
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if f"{CANARY} " in body.decode():
            found.append(path)
    return found


@pytest.fixture
def closed(people: Cast) -> list[Idea]:
    """Ideas of the Loire that bob (Rhône, same branch) may not read, though he follows and supports them."""
    mine = {
        "author": people.alice,
        "title": f"{CANARY} titre",
        "problem": f"{CANARY} problème",
        "proposal": CANARY,
    }
    ideas = [
        IdeaFactory(**mine, audience=Audience.ORGANISATION),
        IdeaFactory(**mine, audience=Audience.ORGANISATION, state=State.NOT_RETAINED),
        IdeaFactory(**mine, is_hidden=True),
        IdeaFactory(**mine, is_hidden=True, state=State.NOT_RETAINED),
        IdeaFactory(**mine, state=State.WITHDRAWN),
    ]
    for idea in ideas:
        set_tags(KIND, idea.pk, [f"{CANARY} mot"])
        Vote.objects.create(ballot=idea.ballot, voter=people.bob, cast_on=clock.today())
    return ideas


def test_a_closed_idea_shows_nowhere(sign_in: SignIn, people: Cast, closed: list[Idea]) -> None:
    index_objects(KIND, [idea.pk for idea in closed])
    for idea in closed:
        set_follow(KIND, idea.pk, user=people.bob, wanted=True)

    for person in (people.bob, people.charlie, people.dev, people.zoe):
        assert seen(sign_in(person)) == [], person
    assert len(seen(sign_in(people.alice))) > 5


def test_a_closed_idea_has_no_address(sign_in: SignIn, people: Cast, closed: list[Idea]) -> None:
    bob = sign_in(people.bob)
    posts = {"vote/": {"want": "1"}, "suivre/": {"want": "1"}, "commentaires/": keyed(body="Lu")}
    posts |= {
        tail: keyed(note="Lu", message="Lu", opinion="Lu")
        for tail in ("modifier/", "retirer/", "avis/", "relance/")
    }
    for idea in closed:
        url = idea.get_absolute_url()
        assert {
            bob.get(url + tail).status_code for tail in ("", "modifier/", "retirer/", "avis/", "relance/")
        } == {404}
        assert {bob.post(url + tail, fields).status_code for tail, fields in posts.items()} == {404}
        assert bob.get(f"/animation/{idea.short}/").status_code == 403


def test_an_idea_grouped_with_a_closed_one_does_not_name_it(
    sign_in: SignIn, people: Cast, closed: list[Idea]
) -> None:
    grouped = IdeaFactory(author=people.charlie, state=State.MERGED, merged_into=closed[0])

    led = sign_in(people.alice).get(grouped.get_absolute_url())
    assert led.status_code == 302 and led["Location"].startswith(closed[0].get_absolute_url())
    kept_out = sign_in(people.bob).get(grouped.get_absolute_url())
    assert kept_out.status_code == 200
    assert CANARY not in kept_out.content.decode()


def test_a_word_put_on_closed_ideas_only_is_not_popular(
    sign_in: SignIn, people: Cast, closed: list[Idea]
) -> None:
    for idea in closed:
        set_tags(KIND, idea.pk, ["plan social"])
    assert "plan social" not in sign_in(people.charlie).get("/").content.decode()


def test_a_request_for_a_revival_is_read_by_those_who_read_the_idea(sign_in: SignIn, people: Cast) -> None:
    declined = IdeaFactory(
        author=people.alice,
        state=State.NOT_RETAINED,
        audience=Audience.ORGANISATION,
        title="Un guichet de plus",
    )
    RevivalRequest.objects.create(
        idea=declined, round=1, user=people.zoe, message=f"{CANARY} relance", asked_on=clock.today()
    )
    index_objects(KIND, [declined.pk])
    page = f"{declined.get_absolute_url()}relance/"

    assert seen(sign_in(people.alice), (*EVERYWHERE, declined.get_absolute_url(), page)) == [page]
    for stranger in (people.bob, people.charlie):
        assert sign_in(stranger).get(page).status_code == 404
        assert seen(sign_in(stranger), EVERYWHERE) == []


@pytest.mark.parametrize("name", ["alice", "bob", "charlie"])
def test_what_the_desk_prepares_stays_at_the_desk(sign_in: SignIn, people: Cast, name: str) -> None:
    """A decision before its publication, an expert's opinion."""
    studied = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    DecisionFactory(idea=studied, answer=f"{CANARY} {ANSWER}", prepared_by=people.rita)
    IdeaExpert.objects.create(
        idea=studied,
        user=people.nora,
        asked_on=clock.today(),
        opinion=f"{CANARY} avis",
        given_on=clock.today(),
    )
    index_objects(KIND, [studied.pk])

    assert seen(sign_in(getattr(people, name)), (*EVERYWHERE, studied.get_absolute_url())) == []
    assert seen(
        sign_in(people.rita), (f"/animation/{studied.short}/", f"/animation/{studied.short}/decision/")
    )
    assert Decision.objects.get(idea=studied).published_on is None


def test_a_desk_works_its_own_body_only(sign_in: SignIn, people: Cast) -> None:
    idea = IdeaFactory(author=people.bob)
    rita = sign_in(people.rita)
    for path in (f"/animation/{idea.short}/", f"/animation/{idea.short}/decision/"):
        assert rita.get(path).status_code == 404
        assert rita.post(path, keyed(form="qualifier", move="open_debate", version=1)).status_code == 404
    assert Idea.objects.get(pk=idea.pk).state == State.DEPOSITED


# --- rights that end --------------------------------------------------------------------------------------------------


def test_rights_that_end_are_cut_at_the_next_request(sign_in: SignIn, people: Cast) -> None:
    rita = sign_in(people.rita)
    assert rita.get("/animation/").status_code == 200

    people.rita.memberships.update(ends_on=clock.today() - timedelta(days=1))
    assert rita.get("/animation/").status_code == 404
    people.rita.memberships.update(ends_on=None)
    MatrixCell.objects.filter(profile__code="contributor", brick="ideas").update(level=Level.CONSULT)
    assert rita.get("/animation/").status_code == 403
    User.objects.filter(pk=people.rita.pk).update(is_active=False)
    assert rita.get("/idees/").headers["Location"].startswith("/connexion/")


def test_a_prepared_file_goes_with_the_rights_it_was_made_under(sign_in: SignIn, people: Cast) -> None:
    """The list stays open to who administers one body alone; the file holds the people of the whole network."""
    run = runs.ask(exports["people"], "", "csv", owner=people.adam)
    runs.make(run.pk)
    path = f"/exports/{run.pk}/fichier/"
    assert sign_in(people.adam).get(path).status_code == 200

    people.adam.memberships.update(organisation=people.loire)
    assert sign_in(people.adam).get(path).status_code == 404
    people.adam.memberships.update(organisation=None)
    User.objects.filter(pk=people.adam.pk).update(organisation=people.rhone)
    assert sign_in(people.adam).get(path).status_code == 404


def test_nobody_answers_themselves(people: Cast) -> None:
    """A référent who signed an idea neither decides on it nor brings it back against the answer of a colleague."""
    studied = IdeaFactory(author=people.rita, state=State.UNDER_STUDY)
    declined = IdeaFactory(author=people.rita, state=State.NOT_RETAINED)
    with pytest.raises(Refused, match="pas l’auteur"):
        prepare_decision(studied, actor=people.rita, verdict="retained", answer=ANSWER)
    prepared = prepare_decision(studied, actor=people.nora, verdict="retained", answer=ANSWER)
    with pytest.raises(Refused):
        publish_decision(prepared, actor=people.rita, version=prepared.version)
    asked = ask_revival(
        declined, actor=people.rita, novelty="tool", message="Le logiciel a changé depuis la réponse donnée."
    )
    with pytest.raises(Refused, match="pas signé"):
        answer_revival(asked, actor=people.rita, accepted=True, answer="")

    assert Idea.objects.get(pk=studied.pk).state == State.UNDER_STUDY
    assert Idea.objects.get(pk=declined.pk).state == State.NOT_RETAINED
