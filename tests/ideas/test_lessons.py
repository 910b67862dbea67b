"""« Ce que nous avons appris »: lessons written by référents, read by all; the facets of the cimetière."""

import uuid
from typing import Any

import pytest

from ozeli.core.errors import Conflict, Refused
from ozeli.ideas.enums import State
from ozeli.ideas.models import Decision, Idea, Lesson
from ozeli.ideas.services import lessons
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from tests.factories import DecisionFactory, DomainFactory, IdeaFactory

from .test_graveyard import bury

TEXT = "Un outil national fait déjà ces rappels : demandez-en l’ouverture."


def post(client: Any, url: str, **fields: Any) -> Any:
    return client.post(url, {"idempotency_key": str(uuid.uuid4())} | fields)


@pytest.fixture
def buried(people):
    return IdeaFactory(author=people.alice, state=State.NOT_RETAINED, title="Rappeler par SMS")


def of_idea(people, idea) -> Lesson:
    return lessons.write(TEXT, actor=people.nora, decision=Decision.objects.get(idea=idea))


def test_lesson_of_an_answer_takes_its_reason_and_domain(people, buried):
    lesson = of_idea(people, buried)
    assert (lesson.reason, lesson.domain) == ("exists", buried.domain)
    with pytest.raises(Conflict):
        of_idea(people, buried)


def test_lesson_of_a_reason_is_one_for_a_domain(people):
    domain = DomainFactory()
    lessons.write(TEXT, actor=people.rita, reason="cost")
    lessons.write(TEXT, actor=people.rita, reason="cost", domain=domain)
    for where in (None, domain):
        with pytest.raises(Conflict):
            lessons.write(TEXT, actor=people.nora, reason="cost", domain=where)


@pytest.mark.parametrize("text", ["", "Trop court.", "x" * 401])
def test_lesson_must_say_something(people, text):
    with pytest.raises(Refused):
        lessons.write(text, actor=people.rita, reason="cost")
    lesson = lessons.write(TEXT, actor=people.rita, reason="cost")
    with pytest.raises(Refused):
        lessons.change(lesson, text, actor=people.rita, version=1)


def test_who_may_write_and_change(people, buried):
    with pytest.raises(Refused):
        lessons.write(TEXT, actor=people.alice, reason="cost")
    with pytest.raises(Refused):
        lessons.write(TEXT, actor=people.rita, reason="nothing")
    mine = IdeaFactory(author=people.nora, state=State.NOT_RETAINED)
    with pytest.raises(Refused):
        of_idea(people, mine)
    studied = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    DecisionFactory(idea=studied)
    with pytest.raises(Refused):
        of_idea(people, studied)
    lesson = lessons.write(TEXT, actor=people.nora, reason="cost")
    for person, may in (
        (people.rita, False),
        (people.nora, True),
        (people.adam, True),
        (people.alice, False),
    ):
        assert lessons.may_change(person, lesson) is may
    with pytest.raises(Refused):
        lessons.change(lesson, TEXT, actor=people.rita, version=1)
    with pytest.raises(Refused):
        lessons.remove(lesson, actor=people.rita)
    taught = of_idea(people, buried)
    assert lessons.may_change(people.rita, taught)
    assert not lessons.may_change(people.charlie, taught)


def test_every_act_is_in_the_journal(people, buried):
    lesson = lessons.write(TEXT, actor=people.nora, reason="cost")
    lessons.change(lesson, f"{TEXT} Et vite.", actor=people.nora, version=1)
    with pytest.raises(Conflict):
        lessons.change(lesson, TEXT, actor=people.nora, version=1)
    lessons.remove(lesson, actor=people.nora)
    lessons.remove(lesson, actor=people.nora)
    of_idea(people, buried)
    verbs = Entry.objects.filter(verb__startswith="lesson").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["lesson.write", "lesson.change", "lesson.remove", "lesson.write"]


def test_lessons_of_ideas_one_may_not_read_stay_hidden(people, sign_in):
    inner = IdeaFactory(
        author=people.charlie, state=State.NOT_RETAINED, audience=Audience.ORGANISATION, title="Du Nord"
    )
    of_idea(people, inner)
    for name, seen in (("alice", False), ("charlie", True), ("nora", True)):
        client = sign_in(getattr(people, name))
        for url in ("/cimetiere/", "/cimetiere/lecons/"):
            assert (TEXT in client.get(url).content.decode()) is seen, (name, url)
        lines = b"".join(client.get("/cimetiere/lecons/export.csv").streaming_content).decode()
        assert ("Du Nord" in lines) is seen


def test_screens_write_change_and_remove(people, sign_in, buried):
    client = sign_in(people.rita)
    url = f"/animation/lecons/nouvelle/?idee={buried.short}"
    assert "Rappeler par SMS" in client.get(url).content.decode()
    assert post(client, url, text="court").status_code == 422
    assert post(client, url, text=TEXT).url == "/cimetiere/lecons/"
    assert post(client, url, text=TEXT).status_code == 409
    assert post(client, "/animation/lecons/nouvelle/", text=TEXT).status_code == 422
    domain = DomainFactory()
    assert (
        post(client, "/animation/lecons/nouvelle/", text=TEXT, reason="cost", domain=domain.code).status_code
        == 302
    )
    lesson = Lesson.objects.get(reason="cost")
    assert lesson.domain == domain
    url = f"/animation/lecons/{lesson.pk}/"
    assert TEXT in client.get(url).content.decode()
    assert post(client, url, text="court", version=1).status_code == 422
    assert post(client, url, text=f"{TEXT} Et vite.", version=1).status_code == 302
    late = post(client, url, text=f"{TEXT} Trop tard.", version=1)
    assert late.status_code == 409
    assert "Trop tard" in late.content.decode()
    assert sign_in(people.bob).get(url).status_code == 403
    client = sign_in(people.rita)
    assert post(client, url, act="retirer").status_code == 302
    assert Lesson.objects.count() == 1


@pytest.mark.parametrize("asked", ["x", "AAAAAAAAAAAA", "1sk34n1ss56k"])
def test_lesson_of_no_idea_is_not_found(people, sign_in, asked):
    assert sign_in(people.nora).get(f"/animation/lecons/nouvelle/?idee={asked}").status_code == 404


def test_lesson_of_an_open_or_own_idea_is_not_found(people, sign_in):
    for idea in (IdeaFactory(author=people.alice), IdeaFactory(author=people.nora, state=State.NOT_RETAINED)):
        assert sign_in(people.nora).get(f"/animation/lecons/nouvelle/?idee={idea.short}").status_code == 404


def test_list_is_narrowed(people, sign_in, buried):
    of_idea(people, buried)
    lessons.write("Le droit interdit cet usage des données.", actor=people.nora, reason="legal")
    client = sign_in(people.bob)
    for query, count in (
        ("", 2),
        ("?motif=legal", 1),
        ("?mots=outil", 1),
        ("?domaine=accueil", 2),
        ("?motif=x", 2),
    ):
        assert len(client.get(f"/cimetiere/lecons/{query}").context["rows"]) == count, query


def test_lessons_head_the_cimetiere_by_its_filters(people, sign_in, buried):
    of_idea(people, buried)
    lessons.write("Le droit interdit cet usage des données.", actor=people.nora, reason="legal")
    client = sign_in(people.bob)
    assert len(client.get("/cimetiere/").context["lessons"]) == 2
    assert len(client.get("/cimetiere/?motif=legal").context["lessons"]) == 1


def test_lessons_take_the_same_queries_for_one_and_three(
    people, sign_in, as_in_production, django_assert_num_queries
):
    client = sign_in(people.bob)

    def more() -> None:
        of_idea(people, IdeaFactory(author=people.alice, state=State.NOT_RETAINED))

    more()
    client.get("/cimetiere/lecons/")
    with django_assert_num_queries(5):
        client.get("/cimetiere/lecons/")
    more()
    more()
    with django_assert_num_queries(5):
        client.get("/cimetiere/lecons/")


def test_facets_count_and_lead(people, sign_in, buried):
    IdeaFactory(author=people.charlie, state=State.NOT_RETAINED)
    bury(people.alice, reason="cost")
    Idea.objects.filter(pk=buried.pk).update(is_hidden=True)
    IdeaFactory(author=people.charlie, state=State.NOT_RETAINED, is_anonymous=True)
    facets = dict(sign_in(people.bob).get("/cimetiere/").context["facets"])
    assert facets["Par motif"] == [
        ("Existe déjà sous une autre forme", "?motif=exists", 2),
        ("Coût disproportionné", "?motif=cost", 1),
    ]
    assert facets["Par domaine"] == [("Accueil", "?domaine=accueil", 3)]
    assert sorted(facets["Par organisme"]) == [
        ("CPAM de la Loire", "?organisme=CPAM+de+la+Loire", 1),
        ("Caf du Nord", "?organisme=Caf+du+Nord", 1),
    ]
    client = sign_in(people.bob)
    narrowed = client.get("/cimetiere/?motif=cost&organisme=CPAM+de+la+Loire")
    assert len(narrowed.context["graves"]) == 1
    assert dict(narrowed.context["facets"])["Par motif"] == [
        ("Coût disproportionné", "?motif=cost&organisme=CPAM+de+la+Loire", 1)
    ]
