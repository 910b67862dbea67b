"""The sheet of an idea: where it stands, its story, its comments, what each person may do there."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from ozeli.activity.services import set_follow
from ozeli.core import clock
from ozeli.core.french import long_date, month
from ozeli.core.ids import short_id
from ozeli.engagement.services import add_comment, set_tags
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea, IdeaExpert, IdeaMove
from ozeli.ideas.services import circuit
from ozeli.network.enums import Audience
from ozeli.search.services import index_objects
from tests.factories import CommentFactory, DecisionFactory, IdeaFactory

# Session, person, rights · idea, signatures, what is around it, threads, replies, decisions, moves, tags, files ·
# lexemes, look-alikes, their cards · unread notifications.
SHEET_QUERIES = 16


def moved(idea, transition, *, actor=None, note="", days=0):
    return IdeaMove.objects.create(
        idea=idea,
        transition=transition,
        source=idea.state,
        target=idea.state,
        round=idea.round,
        actor=actor,
        made_on=clock.today() - timedelta(days=days),
        note=note,
    )


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_sheet_query_count(rows, people, sign_in, django_assert_num_queries):
    idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED, comment_count=2 * rows)
    for _row in range(rows):
        first = CommentFactory(idea=idea, author=people.bob)
        add_comment(KIND, idea.pk, author=people.alice, body="Merci pour ce retour.", parent=first)
        moved(idea, "open_debate", actor=people.rita)
    set_tags(KIND, idea.pk, ["accueil", "courrier", "sms"][:rows])
    index_objects(KIND, [idea.pk, *(one.pk for one in IdeaFactory.create_batch(rows, author=people.bob))])
    client = sign_in(people.charlie)
    client.get(idea.get_absolute_url())
    with django_assert_num_queries(SHEET_QUERIES):
        response = client.get(idea.get_absolute_url())
    assert len(response.context["threads"]) == len(response.context["alike"]) == rows


def test_wrong_slug_goes_to_the_right_one(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    response = sign_in(people.bob).get(f"/idees/{idea.short}-autre-titre/?suite=x")
    assert response.status_code == 302
    assert response.url == f"{idea.get_absolute_url()}?suite=x"


def test_absent_and_forbidden_are_the_same_404(people, sign_in):
    hidden = IdeaFactory(author=people.alice, audience=Audience.ORGANISATION)
    client = sign_in(people.charlie)
    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.get(f"/idees/{short_id(uuid.uuid4())}-rien/").status_code == 404
    assert sign_in(people.alice).get(hidden.get_absolute_url()).status_code == 200


def test_lede_says_who_answers_and_until_when(people, sign_in):
    idea = IdeaFactory(
        author=people.alice, handler=people.rita, answer_due_on=clock.today() + timedelta(days=3)
    )
    page = sign_in(people.bob).get(idea.get_absolute_url())
    assert page.context["lede"].startswith("Rita Martin doit répondre avant le ")
    assert "Réponse attendue depuis 5\u00a0jours." in page.content.decode()
    assert "5\u00a0jours d’attente sur les 8 promis." in page.content.decode()


def test_late_answer_is_told(people, sign_in):
    idea = IdeaFactory(
        author=people.alice, handler=people.rita, answer_due_on=clock.today() - timedelta(days=3)
    )
    page = sign_in(people.bob).get(idea.get_absolute_url())
    assert page.context["lede"].startswith("Rita Martin devait répondre le ")
    assert "la réponse est en retard" in page.context["lede"]


def test_anonymous_idea_never_tells_a_day(people, sign_in):
    day = clock.today() - timedelta(days=40)
    idea = IdeaFactory(author=people.alice, is_anonymous=True, handler=people.nora, deposited_on=day)
    moved(idea, "deposit", days=40)
    page = sign_in(people.bob).get(idea.get_absolute_url()).content.decode()
    assert f"Déposée en {month(day)}" in page
    for told in (day, idea.answer_due_on):
        assert long_date(told) not in page
    assert "jours" not in page.replace("toujours", "")
    assert "Alice" not in page
    assert "CPAM de la Loire" not in page


@pytest.mark.parametrize("state", [state for state in State if state not in (State.DRAFT, State.MERGED)])
def test_sheet_of_every_state(state, people, sign_in):
    idea = IdeaFactory(author=people.alice, state=state)
    for transition in ("experiment", "achieve", "spread"):
        if state == State.SPREAD:
            moved(idea, transition)
    response = sign_in(people.alice).get(idea.get_absolute_url())
    assert response.status_code == 200
    assert [node.state for node in response.context["story"].thread] == (
        ["here", "past", "past", "past"] if state == State.SPREAD else ["here", "next", "next", "next"]
    )


def test_merged_idea_leads_to_the_other(people, sign_in):
    other = IdeaFactory(author=people.bob, title="Celle qui reste")
    idea = IdeaFactory(author=people.alice, state=State.MERGED, merged_into=other)
    client = sign_in(people.bob)
    assert client.get(idea.get_absolute_url()).url.startswith(other.get_absolute_url())
    assert other.get_absolute_url() in client.get(f"{idea.get_absolute_url()}?lire=1").content.decode()


def test_decisions_of_every_round_are_shown_latest_first(people, sign_in):
    idea = IdeaFactory(author=people.alice, state=State.NOT_RETAINED)
    Idea.objects.filter(pk=idea.pk).update(round=2)
    idea.refresh_from_db()
    DecisionFactory(idea=idea, round=2, reason="cost", published_on=clock.today(), published_by=people.rita)
    page = sign_in(people.bob).get(idea.get_absolute_url())
    assert [answer.why for answer in page.context["story"].answers] == [
        "Coût disproportionné",
        "Existe déjà sous une autre forme",
    ]


def test_prepared_decision_is_not_shown(people, sign_in):
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    DecisionFactory(idea=idea)
    assert sign_in(people.alice).get(idea.get_absolute_url()).context["story"].answers == []


def test_life_is_told_step_by_step(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    moved(idea, "deposit", actor=people.alice, days=5)
    moved(idea, "ask_completion", actor=people.rita, note="Combien de dossiers ?")
    steps = sign_in(people.bob).get(idea.get_absolute_url()).context["story"].steps
    assert [step.text for step in steps] == [
        "Complément demandé\u00a0: «\u202fCombien de dossiers ?\u202f»",
        "Déposée",
    ]
    assert steps[0].who == "Rita Martin"


def test_author_is_asked_to_complete(people, sign_in):
    idea = IdeaFactory(author=people.alice, state=State.TO_COMPLETE)
    moved(idea, "ask_completion", actor=people.rita, note="Combien de dossiers ?")
    page = sign_in(people.alice).get(idea.get_absolute_url()).content.decode()
    assert "Combien de dossiers ?" in page
    assert f"{idea.get_absolute_url()}completer/" in page
    assert "modifier/" not in sign_in(people.bob).get(idea.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("name", "state", "doors"),
    [
        ("alice", State.DEPOSITED, {"authors", "edit", "withdraw"}),
        ("alice", State.IN_DEBATE, {"authors", "edit", "withdraw"}),
        ("alice", State.NOT_RETAINED, {"authors", "revive", "second_look"}),
        ("bob", State.DEPOSITED, {"report"}),
        ("bob", State.UNDER_STUDY, {"opinion", "report"}),
        ("rita", State.DEPOSITED, {"desk", "report"}),
        ("charlie", State.NOT_RETAINED, {"revive", "report"}),
    ],
)
def test_doors_of_each_person(name, state, doors, people, sign_in):
    idea = IdeaFactory(author=people.alice, state=state)
    IdeaExpert.objects.create(idea=idea, user=people.bob, asked_on=clock.today())
    response = sign_in(getattr(people, name)).get(idea.get_absolute_url())
    assert {door for door, url in response.context["doors"].items() if url} == doors


def test_comments_are_paged_by_twenty(people, sign_in):
    idea = IdeaFactory(author=people.alice, comment_count=23)
    for minute in range(23):
        CommentFactory(
            idea=idea, body=f"Propos {minute}.", created_at=clock.now() - timedelta(minutes=minute)
        )
    client = sign_in(people.bob)
    page = client.get(idea.get_absolute_url())
    assert len(page.context["threads"]) == 20
    assert "Lire les 3 autres commentaires" in page.content.decode()
    rest = client.get(page.context["next_url"].split("#")[0])
    assert [comment.body for comment in rest.context["threads"]] == ["Propos 20.", "Propos 21.", "Propos 22."]
    assert "Revenir aux plus récents" in rest.content.decode()


def test_comment_without_author_is_shown_unsigned(people, sign_in):
    idea = IdeaFactory(author=people.alice, comment_count=1)
    CommentFactory(idea=idea, author=None)
    assert "Signature retirée" in sign_in(people.bob).get(idea.get_absolute_url()).content.decode()


def test_thread_has_a_page_and_a_piece_of_page(people, sign_in):
    idea = IdeaFactory(author=people.alice, comment_count=2)
    first = CommentFactory(idea=idea, body="Le propos.")
    add_comment(KIND, idea.pk, author=people.alice, body="La réponse.", parent=first)
    url, client = f"{idea.get_absolute_url()}commentaires/{first.pk}/", sign_in(people.bob)
    page = client.get(url).content.decode()
    assert "Le propos." in page
    assert "La réponse." in page
    piece = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert piece.lstrip().startswith("<form")
    other = IdeaFactory(author=people.alice)
    assert client.get(f"{other.get_absolute_url()}commentaires/{first.pk}/").status_code == 404


def test_own_vote_follow_and_followers_are_shown(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    set_follow(KIND, idea.pk, user=people.alice, wanted=True)
    set_follow(KIND, idea.pk, user=people.bob, wanted=True)
    shown = sign_in(people.bob).get(idea.get_absolute_url()).context["idea"]
    assert (shown.own_vote, shown.is_followed, shown.followers) == (False, True, 2)


def test_withdrawn_idea_is_left_to_its_author_and_desk(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    circuit.withdraw(idea, actor=people.alice)
    statuses = {
        name: sign_in(person).get(idea.get_absolute_url()).status_code
        for name, person in people.people().items()
    }
    assert {name for name, status in statuses.items() if status == 200} >= {"alice", "rita", "nora"}
    assert statuses["bob"] == 404


def test_comment_is_escaped_and_keeps_its_paragraphs(people, sign_in):
    idea = IdeaFactory(author=people.alice, comment_count=1)
    CommentFactory(idea=idea, body='<b onclick="x">gras</b> & fin\nligne\n\nsuite')
    page = sign_in(people.bob).get(idea.get_absolute_url()).content.decode()
    assert "<p>&lt;b onclick=&quot;x&quot;&gt;gras&lt;/b&gt; &amp; fin<br>ligne</p>" in page
    assert "<p>suite</p>" in page


def test_address_written_by_hand_is_the_one_of_the_sheet(people):
    idea = IdeaFactory(author=people.alice, title="Des rendez-vous par SMS")
    assert idea.get_absolute_url() == reverse("ideas:idea", args=[idea.short, idea.slug])
