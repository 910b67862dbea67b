"""The logbook: written by those around the project, corrected by their authors, read page by page."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from ozeli.activity.fanout import tell_batch
from ozeli.activity.models import Event, Notification
from ozeli.activity.services import set_follow
from ozeli.core import clock
from ozeli.core.errors import Conflict, Refused
from ozeli.core.listings import listings
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.projects.enums import EntryTone, Role
from ozeli.projects.models import KIND, LogEntry, Project
from ozeli.projects.services import logbook
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(people: Cast) -> Project:
    return ProjectFactory(owner=people.alice, team={Role.COACH: [people.charlie]})


def page(project: Project, tail: str = "") -> str:
    return f"{project.get_absolute_url()}journal/{tail}"


def send(client: Client, path: str, **fields: Any) -> Any:
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **fields})


def posted(project: Project, author: Any, count: int = 1, **values: Any) -> list[LogEntry]:
    rows = [
        LogEntry(
            project=project,
            author=author,
            body=f"Billet {number}",
            written_on=clock.today() - timedelta(days=number),
            **values,
        )
        for number in range(count)
    ]
    return LogEntry.objects.bulk_create(rows)


@pytest.mark.parametrize(("who", "status"), [("alice", 302), ("charlie", 302), ("rita", 302), ("bob", 403)])
def test_those_around_write_and_nobody_else(
    people: Cast, sign_in: Any, project: Project, who: str, status: int
) -> None:
    answer = send(sign_in(getattr(people, who)), page(project), body="Prototype ouvert.", tone="news")
    assert answer.status_code == status
    assert LogEntry.objects.count() == (1 if status == 302 else 0)


def test_a_post_is_told_to_those_who_follow_and_brings_the_project_first(
    people: Cast, sign_in: Any, project: Project
) -> None:
    Project.objects.filter(pk=project.pk).update(touched_on=clock.today() - timedelta(days=9))
    set_follow(KIND, project.pk, user=people.bob, wanted=True)
    send(sign_in(people.alice), page(project), body="Les gens tapent « ras ».", tone="failed")

    tell_batch(Event.objects.get(type="project.logged").pk)

    assert Notification.objects.filter(user=people.bob).count() == 1
    assert Project.objects.get(pk=project.pk).touched_on == clock.today()
    html = sign_in(people.bob).get(page(project)).content.decode()
    assert "Ce qui n’a pas marché." in html and "ras" in html


def test_an_empty_post_is_refused_and_its_tone_kept(people: Cast, sign_in: Any, project: Project) -> None:
    answer = send(sign_in(people.alice), page(project), body=" \u200b ", tone="worked")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Écrivez votre billet" in html
    assert 'value="worked" required' in html or 'value="worked"' in html
    assert not LogEntry.objects.exists()


def test_a_post_that_is_too_long_loses_no_word(people: Cast, sign_in: Any, project: Project) -> None:
    body = "mot " * 900
    answer = send(sign_in(people.alice), page(project), body=body, tone="news")
    assert answer.status_code == 422
    assert body.strip() in answer.content.decode()


def test_text_is_shown_as_text(people: Cast, sign_in: Any, project: Project) -> None:
    logbook.write(project, "<b>gras</b>", tone=EntryTone.NEWS, actor=people.alice)
    assert "&lt;b&gt;gras" in sign_in(people.bob).get(page(project)).content.decode()


# --- corrections ------------------------------------------------------------------------------------------------------


def test_its_author_corrects_a_post_and_the_day_is_shown(
    people: Cast, sign_in: Any, project: Project
) -> None:
    (post,) = posted(project, people.alice)
    answer = send(
        sign_in(people.alice), page(project, f"{post.pk}/"), body="Mieux dit.", tone="learned", version=1
    )
    assert answer.status_code == 302
    post.refresh_from_db()
    assert (post.body, post.tone, post.version, post.edited_on) == ("Mieux dit.", "learned", 2, clock.today())
    assert "corrigé le" in sign_in(people.bob).get(page(project)).content.decode()


def test_two_windows_on_one_post_show_both_texts(people: Cast, sign_in: Any, project: Project) -> None:
    (post,) = posted(project, people.alice)
    logbook.correct(post, "De l’autre fenêtre.", tone=EntryTone.NEWS, actor=people.alice, version=1)
    answer = send(
        sign_in(people.alice), page(project, f"{post.pk}/"), body="Le mien.", tone="news", version=1
    )
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "De l’autre fenêtre." in html and "Le mien." in html
    assert 'name="version" value="2"' in html


def test_nobody_corrects_the_post_of_another(people: Cast, sign_in: Any, project: Project) -> None:
    (post,) = posted(project, people.charlie)
    with pytest.raises(Refused):
        logbook.correct(post, "Autre", tone=EntryTone.NEWS, actor=people.alice, version=1)
    assert sign_in(people.alice).get(page(project, f"{post.pk}/")).status_code == 403
    # The desk of the body may take it out, not rewrite it.
    client = sign_in(people.rita)
    assert "<textarea" not in client.get(page(project, f"{post.pk}/")).content.decode()
    refused = send(client, page(project, f"{post.pk}/"), body="Réécrit", tone="news", version=1)
    assert refused.status_code == 422
    post.refresh_from_db()
    assert post.body == "Billet 0"


@pytest.mark.parametrize("who", ["charlie", "rita"])
def test_a_post_is_taken_out_by_its_author_or_the_desk(
    people: Cast, sign_in: Any, project: Project, who: str
) -> None:
    (post,) = posted(project, people.charlie)
    assert (
        send(sign_in(getattr(people, who)), page(project, f"{post.pk}/"), geste="retirer").status_code == 302
    )
    assert not LogEntry.objects.exists()
    assert Entry.objects.filter(verb="project.log_removed").count() == 1
    with pytest.raises(Conflict):
        logbook.remove(post, actor=people.charlie)


def test_a_post_of_another_project_is_not_found_here(people: Cast, sign_in: Any, project: Project) -> None:
    (post,) = posted(ProjectFactory(owner=people.alice), people.alice)
    assert sign_in(people.alice).get(page(project, f"{post.pk}/")).status_code == 404


# --- reading ----------------------------------------------------------------------------------------------------------


def test_posts_of_one_day_are_read_latest_first(people: Cast, sign_in: Any, project: Project) -> None:
    for body in ("premier", "deuxième", "troisième"):
        logbook.write(project, body, tone=EntryTone.NEWS, actor=people.alice)
    html = sign_in(people.bob).get(page(project)).content.decode()
    assert html.index("troisième") < html.index("deuxième") < html.index("premier")


def test_pages_by_key_hold_every_post_once(people: Cast, sign_in: Any, project: Project) -> None:
    posted(project, people.alice, 40)
    client, seen, path = sign_in(people.bob), [], page(project)
    for _page in range(5):
        answer = client.get(path)
        seen += [one.entry.body for one in answer.context["page"].posts]
        if not answer.context["next_url"]:
            break
        path = page(project) + answer.context["next_url"]
    assert seen == [f"Billet {number}" for number in range(40)]


def test_posts_of_one_tone(people: Cast, sign_in: Any, project: Project) -> None:
    posted(project, people.alice, 2)
    logbook.write(project, "Un champ facultatif suffit.", tone=EntryTone.LEARNED, actor=people.alice)
    client = sign_in(people.bob)
    assert len(client.get(page(project), {"ton": "learned"}).context["page"].posts) == 1
    assert len(client.get(page(project), {"ton": "n’importe quoi"}).context["page"].posts) == 3
    assert "Aucun billet de cette sorte" in client.get(page(project), {"ton": "worked"}).content.decode()


def test_the_logbook_costs_the_same_for_one_post_and_for_three(
    people: Cast, sign_in: Any, project: Project, as_in_production: None, django_assert_num_queries: Any
) -> None:
    client = sign_in(people.bob)
    posted(project, people.alice)
    client.get(page(project))
    with django_assert_num_queries(8):
        client.get(page(project))
    posted(project, people.charlie, 3)
    with django_assert_num_queries(8):
        client.get(page(project))


def test_whoever_left_the_portal_is_not_named(people: Cast, sign_in: Any, project: Project) -> None:
    posted(project, None)
    assert "Une personne partie depuis" in sign_in(people.bob).get(page(project)).content.decode()


def test_a_logbook_is_followed_as_a_feed_by_those_who_read_the_project(
    people: Cast, sign_in: Any, project: Project
) -> None:
    posted(project, people.alice, 2)
    one, query = listings["project_log"], QueryDict(f"projet={project.short}")
    entries = one.entries(people.bob, query, 10)
    assert [entry.summary for entry in entries] == ["Billet 0", "Billet 1"]
    assert one.address_of(f"projet={project.short}") == f"/projets/{project.short}-projet/journal/"
    page_of_search = sign_in(people.bob).get(
        "/moi/recherches/nouvelle/", {"liste": "project_log", "projet": project.short}
    )
    assert page_of_search.status_code == 200
    Project.objects.filter(pk=project.pk).update(audience=Audience.ORGANISATION)
    assert not one.open_to(people.bob, query) and not one.entries(people.bob, query, 10)
    for bad in ("", "projet=", "projet=n-importe-quoi", "projet=0000"):
        assert not one.open_to(people.alice, QueryDict(bad)), bad
