"""Votes, comments and follows from the pages: in place, by plain forms, refused, replayed."""

import uuid

import pytest
from django.test import Client

from ozeli.engagement.models import Comment, Vote
from ozeli.engagement.services import COMMENT_MAX_LENGTH
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea
from tests.factories import CommentFactory, IdeaFactory

HTMX = {"HX-Request": "true"}
# Session, person, rights, idea · vote, counter.
VOTE_QUERIES = 6
# Session, person, rights, idempotency, idea, comment, counter, follow, event, job, stored address.
COMMENT_QUERIES = 11


def key():
    return str(uuid.uuid4())


def savepoints(queries):
    return sum(query["sql"].startswith(("SAVEPOINT", "RELEASE SAVEPOINT")) for query in queries)


@pytest.mark.parametrize("voters", [1, 3])
def test_vote_query_count(voters, people, sign_in, django_assert_max_num_queries):
    idea = IdeaFactory(author=people.alice)
    for name in ("bob", "charlie")[: voters - 1]:
        sign_in(getattr(people, name)).post(f"{idea.get_absolute_url()}vote/", {"want": "1"})
    client = sign_in(people.nora)
    with django_assert_max_num_queries(50) as counted:
        client.post(f"{idea.get_absolute_url()}vote/", {"want": "1"}, headers=HTMX)
    assert len(counted) - savepoints(counted.captured_queries) == VOTE_QUERIES
    assert Idea.objects.get(pk=idea.pk).vote_count == voters


def test_vote_in_place_then_take_back(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    client, url = sign_in(people.bob), f"{idea.get_absolute_url()}vote/"
    given = client.post(url, {"want": "1"}, headers=HTMX).content.decode()
    assert "is-cast" in given
    assert 'value="0"' in given
    assert "<html" not in given
    taken = client.post(url, {"want": "0"}, headers=HTMX).content.decode()
    assert "is-cast" not in taken
    assert Vote.objects.count() == 0


def test_wide_vote_stays_wide(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    url = f"{idea.get_absolute_url()}vote/?large=1"
    page = sign_in(people.bob).post(url, {"want": "1"}, headers=HTMX).content.decode()
    assert "vote-wide" in page
    assert f'action="{url}"' in page


def test_vote_without_javascript_comes_back_to_the_page(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    url = f"{idea.get_absolute_url()}vote/"
    came = {"Referer": "http://testserver/idees/?tri=soutenues"}
    response = sign_in(people.bob).post(url, {"want": "1"}, headers=came)
    assert response.url == f"/idees/?tri=soutenues#vote-{idea.short}"
    abroad = sign_in(people.bob).post(url, {"want": "1"}, headers={"Referer": "https://ailleurs.test/"})
    assert abroad.url.startswith(idea.get_absolute_url())


def test_vote_repeated_counts_once(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    client = sign_in(people.bob)
    for _time in range(5):
        client.post(f"{idea.get_absolute_url()}vote/", {"want": "1"})
    assert Idea.objects.get(pk=idea.pk).vote_count == Vote.objects.count() == 1


def test_closed_vote_is_refused_with_its_reason(people, sign_in):
    idea = IdeaFactory(author=people.alice, state=State.UNDER_STUDY)
    client, url = sign_in(people.bob), f"{idea.get_absolute_url()}vote/"
    piece = client.post(url, {"want": "1"}, headers=HTMX)
    assert piece.status_code == 409
    assert "Les votes sont clos" in piece.content.decode()
    assert "is-locked" in piece.content.decode()
    page = client.post(url, {"want": "1"})
    assert page.status_code == 409
    assert "Les votes sont clos\u00a0: l’idée est à l’étude" in page.content.decode()
    assert Vote.objects.count() == 0


@pytest.mark.parametrize("want", ["", "2", "oui"])
def test_vote_wants_one_or_zero(want, people, sign_in):
    idea = IdeaFactory(author=people.alice)
    assert sign_in(people.bob).post(f"{idea.get_absolute_url()}vote/", {"want": want}).status_code == 400


def test_vote_is_a_post(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    assert sign_in(people.bob).get(f"{idea.get_absolute_url()}vote/").status_code == 405


def test_follow_in_place(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    client, url = sign_in(people.bob), f"{idea.get_absolute_url()}suivre/"
    assert "Ne plus suivre, 1\u00a0abonné" in client.post(url, {"want": "1"}, headers=HTMX).content.decode()
    piece = client.post(url, {"want": "0"}, headers=HTMX).content.decode()
    assert "personne" not in piece
    assert client.post(url, {"want": "1"}).status_code == 302


@pytest.mark.parametrize("comments", [1, 3])
def test_comment_query_count(comments, people, sign_in, django_assert_max_num_queries):
    idea = IdeaFactory(author=people.alice)
    CommentFactory.create_batch(comments - 1, idea=idea)
    client = sign_in(people.bob)
    with django_assert_max_num_queries(50) as counted:
        client.post(
            f"{idea.get_absolute_url()}commentaires/", {"body": "Chez nous aussi.", "idempotency_key": key()}
        )
    assert len(counted) - savepoints(counted.captured_queries) == COMMENT_QUERIES


def test_comment_is_published_at_its_place(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    url = f"{idea.get_absolute_url()}commentaires/"
    response = sign_in(people.bob).post(url, {"body": "Chez nous aussi.", "idempotency_key": key()})
    comment = Comment.objects.get()
    assert response.url == f"{idea.get_absolute_url()}#commentaire-{comment.pk}"
    assert Idea.objects.get(pk=idea.pk).comment_count == 1


def test_reply_joins_its_thread(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    first = CommentFactory(idea=idea)
    fields = {"body": "Merci, je l’ajoute.", "parent": first.pk, "idempotency_key": key()}
    sign_in(people.alice).post(f"{idea.get_absolute_url()}commentaires/", fields)
    assert Comment.objects.get(parent=first).body == "Merci, je l’ajoute."


@pytest.mark.parametrize("body", ["", "   \n", "x" * (COMMENT_MAX_LENGTH + 1)])
def test_refused_comment_keeps_its_text(body, people, sign_in):
    idea = IdeaFactory(author=people.alice)
    url = f"{idea.get_absolute_url()}commentaires/"
    response = sign_in(people.bob).post(url, {"body": body, "idempotency_key": key()})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Votre commentaire n’est pas publié. Votre texte est gardé." in page
    assert body in page
    assert Comment.objects.count() == 0


def test_refused_reply_keeps_its_thread_open(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    first = CommentFactory(idea=idea)
    fields = {"body": "y" * (COMMENT_MAX_LENGTH + 1), "parent": first.pk, "idempotency_key": key()}
    response = sign_in(people.bob).post(f"{idea.get_absolute_url()}commentaires/", fields)
    assert response.status_code == 422
    assert f'value="{first.pk}"' in response.content.decode()
    assert fields["body"] in response.content.decode()


def test_reply_to_another_idea_is_refused(people, sign_in):
    idea, elsewhere = IdeaFactory(author=people.alice), CommentFactory()
    fields = {"body": "Perdu.", "parent": elsewhere.pk, "idempotency_key": key()}
    response = sign_in(people.bob).post(f"{idea.get_absolute_url()}commentaires/", fields)
    assert response.status_code == 422
    assert "Perdu." in response.content.decode()
    assert Comment.objects.count() == 1


def test_comment_replayed_five_times_is_one(people, sign_in):
    idea, client = IdeaFactory(author=people.alice), sign_in(people.bob)
    fields = {"body": "Une seule fois.", "idempotency_key": key()}
    answers = {client.post(f"{idea.get_absolute_url()}commentaires/", fields).url for _time in range(5)}
    assert len(answers) == Comment.objects.count() == 1


def test_comment_address_read_leads_to_the_comments(people, sign_in):
    idea = IdeaFactory(author=people.alice)
    response = sign_in(people.bob).get(f"{idea.get_absolute_url()}commentaires/")
    assert response.url == f"{idea.get_absolute_url()}#commentaires"


def test_comment_typed_in_a_lost_session_comes_back(people, sign_in):
    idea, client = IdeaFactory(author=people.alice), Client()
    url = f"{idea.get_absolute_url()}commentaires/"
    came = {"Referer": f"http://testserver{idea.get_absolute_url()}"}
    door = client.post(url, {"body": "Un long propos qui compte.", "idempotency_key": key()}, headers=came)
    assert door.status_code == 401
    fields = {"login": people.bob.email, "password": "un-mot-de-passe-sûr"}
    fields |= {"reprise": door.context["reprise"], "next": idea.get_absolute_url()}
    back = client.post("/connexion/", fields, follow=True)
    assert back.redirect_chain[-1][0] == idea.get_absolute_url()
    assert "Un long propos qui compte.</textarea>" in back.content.decode()


@pytest.mark.parametrize("action", ["vote", "suivre", "commentaires"])
def test_voices_are_closed_to_people_who_may_not_read(action, people, sign_in):
    idea = IdeaFactory(author=people.alice, audience="organisation")
    fields = {"want": "1", "body": "Non.", "idempotency_key": key()}
    assert sign_in(people.charlie).post(f"{idea.get_absolute_url()}{action}/", fields).status_code == 404
    assert Comment.objects.about(KIND, idea.pk).count() == 0
