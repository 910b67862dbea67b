"""The screens of ideas that are the same: find, compare, unite, part, link; lists and what the sheet shows."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ozeli.core import clock
from ozeli.engagement.models import Comment
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea, IdeaLink, IdeaMerge
from ozeli.ideas.services import links, merges, voices
from ozeli.network.enums import Audience
from ozeli.search.services import index_objects
from tests.factories import CommentFactory, IdeaFactory

WHY = "Les deux idées proposent le même rappel par message."


@pytest.fixture
def pair(people):
    return (
        IdeaFactory(author=people.alice, title="Rappeler par SMS les rendez-vous"),
        IdeaFactory(author=people.bob, title="Prévenir la veille du rendez-vous"),
    )


def post(client: Any, url: str, **fields: Any) -> Any:
    return client.post(url, {"idempotency_key": str(uuid.uuid4())} | fields)


def into(one: Idea, other: Idea) -> str:
    return f"/animation/{one.short}/meme-idee/{other.short}/regrouper/"


def page(response: Any) -> str:
    return response.content.decode()


def test_look_alikes_come_first_then_what_is_searched(people, sign_in, pair):
    one, other = pair
    index_objects(KIND, [one.pk, other.pk])
    client = sign_in(people.nora)
    shown = page(client.get(f"/animation/{one.short}/meme-idee/"))
    assert "Celles qui y ressemblent" in shown
    assert f"/animation/{one.short}/meme-idee/{other.short}/" in shown
    assert "Mots communs" in shown
    found = page(client.get(f"/animation/{one.short}/meme-idee/?mots=veille"))
    assert "1\u00a0idée trouvée" in found
    assert "0\u00a0idée trouvée" in page(client.get(f"/animation/{one.short}/meme-idee/?mots=girafe"))


def test_two_are_compared_with_what_they_would_be_together(people, sign_in, pair):
    one, other = pair
    for idea in pair:
        voices.vote(idea, voter=people.charlie, wanted=True)
    response = sign_in(people.nora).get(f"/animation/{one.short}/meme-idee/{other.short}/")
    assert response.context["found"].union.together == 1
    assert "veille" in response.context["found"].shared
    assert f"/animation/{other.short}/meme-idee/{one.short}/regrouper/" in page(response)


def test_united_from_the_screen_then_parted(people, sign_in, pair):
    one, other = pair
    client = sign_in(people.nora)
    assert "Ce qui va se passer" in page(client.get(into(one, other)))
    response = post(client, into(one, other), absorbed_version=1, kept_version=1, reason=WHY)
    made = IdeaMerge.objects.get()
    assert response.url == made.get_absolute_url()
    assert "Les séparer" in page(client.get(response.url))
    response = post(client, made.get_absolute_url(), reason="Elles ne visent pas le même public.")
    assert response.status_code == 302
    assert "Deux idées séparées" in page(client.get(response.url))
    one.refresh_from_db()
    assert one.state == State.DEPOSITED


def test_same_post_twice_unites_once(people, sign_in, pair):
    client, fields = sign_in(people.nora), {"absorbed_version": 1, "kept_version": 1, "reason": WHY}
    key = str(uuid.uuid4())
    first, again = (client.post(into(*pair), fields | {"idempotency_key": key}) for _time in range(2))
    assert first.url == again.url
    late = post(client, into(*pair), **fields)
    assert late.status_code == 409
    assert WHY in page(late)


@pytest.mark.parametrize(("version", "reason", "status"), [(1, "", 422), (1, "bref", 422), (7, WHY, 409)])
def test_what_is_refused_keeps_the_words(people, sign_in, pair, version, reason, status):
    response = post(
        sign_in(people.nora), into(*pair), absorbed_version=1, kept_version=version, reason=reason
    )
    assert response.status_code == status
    assert reason in page(response)
    assert not IdeaMerge.objects.exists()


def test_referent_of_one_body_sees_but_does_not_unite(people, sign_in, pair):
    client = sign_in(people.rita)
    shown = page(client.get(f"/animation/{pair[0].short}/meme-idee/{pair[1].short}/"))
    assert "animée par un autre bureau" in shown
    assert "Garder «" not in shown
    response = post(client, into(*pair), absorbed_version=1, kept_version=1, reason=WHY)
    assert response.status_code == 422
    assert client.get(f"/animation/{pair[1].short}/meme-idee/").status_code == 404


def test_ones_own_idea_is_not_offered(people, sign_in, pair):
    mine = IdeaFactory(author=people.nora)
    client = sign_in(people.nora)
    assert client.get(f"/animation/{mine.short}/meme-idee/").status_code == 404
    assert client.get(f"/animation/{pair[0].short}/meme-idee/{pair[0].short}/").status_code == 404


def test_other_that_one_may_not_read_is_not_found(people, sign_in, pair):
    hidden = IdeaFactory(author=people.charlie, audience=Audience.ORGANISATION)
    assert (
        sign_in(people.rita).get(f"/animation/{pair[0].short}/meme-idee/{hidden.short}/").status_code == 404
    )


# --- the sheets -------------------------------------------------------------------------------------------------------


def test_address_of_the_absorbed_leads_to_the_kept_with_a_note(people, sign_in, pair):
    absorbed, kept = pair
    comment = CommentFactory(idea=absorbed, author=people.charlie, body="Chez nous, cela marche.")
    merges.merge(*pair, actor=people.nora, reason=WHY)
    client = sign_in(people.bob)
    response = client.get(absorbed.get_absolute_url())
    assert response.url == f"{kept.get_absolute_url()}?regroupee={absorbed.short}"
    shown = page(client.get(response.url))
    assert "a été regroupée avec cette idée" in shown
    assert "Chez nous, cela marche." in shown
    assert "sous l’idée «\u202fRappeler par SMS les rendez-vous\u202f»" in shown
    assert "Elle est entrée dans celle-ci" in shown
    assert page(client.get(f"{absorbed.get_absolute_url()}?lire=1")).count("Regroupée") >= 1
    thread = client.get(f"{absorbed.get_absolute_url()}commentaires/{comment.pk}/")
    assert client.get(thread.url).status_code == 200


def test_chain_leads_to_its_end(people, sign_in, pair):
    last = IdeaFactory(author=people.charlie)
    merges.merge(*pair, actor=people.nora, reason=WHY)
    merges.merge(pair[1], last, actor=people.nora, reason=WHY)
    response = sign_in(people.bob).get(pair[0].get_absolute_url())
    assert response.url.startswith(last.get_absolute_url())


@pytest.mark.parametrize("asked", ["x", "AAAAAAAA", "\x00", "é" * 8])
def test_note_asked_for_nothing_says_nothing(people, sign_in, pair, asked):
    response = sign_in(people.bob).get(pair[0].get_absolute_url(), {"regroupee": asked})
    assert response.status_code == 200
    assert response.context["absorbed"] is None


def test_both_sheets_show_the_link_to_who_may_read_the_other(people, sign_in, pair):
    inner = IdeaFactory(author=people.alice, audience=Audience.ORGANISATION, title="Pour la Loire seule")
    links.link(inner, pair[0], actor=people.nora, reason="L’une prépare l’autre.")
    assert "L’une prépare l’autre." in page(sign_in(people.alice).get(inner.get_absolute_url()))
    assert "Pour la Loire seule" in page(sign_in(people.alice).get(pair[0].get_absolute_url()))
    assert "Pour la Loire seule" not in page(sign_in(people.charlie).get(pair[0].get_absolute_url()))


def test_sheet_asks_one_query_more_for_a_tied_idea_only(people, sign_in, pair, as_in_production):
    client = sign_in(people.bob)
    client.get(pair[0].get_absolute_url())

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(pair[0].get_absolute_url())
        return len(found)

    alone = queries()
    links.link(*pair, actor=people.nora, reason="L’une prépare l’autre.")
    queries()
    assert queries() == alone + 1
    links.link(pair[0], IdeaFactory(), actor=people.nora, reason="L’une prépare l’autre.")
    assert queries() == alone + 1


def test_absorbed_idea_leaves_lists_and_search(people, sign_in, pair):
    index_objects(KIND, [one.pk for one in pair])
    merges.merge(*pair, actor=people.nora, reason=WHY)
    index_objects(KIND, [one.pk for one in pair])
    client = sign_in(people.charlie)
    assert "Rappeler par SMS" not in page(client.get("/idees/"))
    assert "Rappeler par SMS" in page(client.get("/idees/?etat=regroupee"))
    assert "Rappeler par SMS" not in b"".join(client.get("/idees/export.csv").streaming_content).decode()
    assert "Rappeler par SMS" in page(sign_in(people.alice).get("/mes-idees/"))
    found = page(client.get("/recherche/?q=SMS"))
    assert "Prévenir la veille" in found
    assert ">Rappeler par SMS" not in found


# --- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["regroupements", "voisines"])
def test_list_has_the_same_queries_for_one_and_three(people, sign_in, kind, as_in_production):
    client = sign_in(people.nora)

    def more() -> None:
        pair = IdeaFactory(author=people.alice), IdeaFactory(author=people.bob)
        if kind == "voisines":
            links.link(*pair, actor=people.adam, reason="L’une prépare l’autre.")
        else:
            merges.merge(*pair, actor=people.adam, reason=WHY)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/animation/{kind}/").status_code == 200
        return len(found)

    more()
    queries()
    one = queries()
    more()
    more()
    assert queries() == one == 5


def test_lists_are_narrowed_and_exported(people, sign_in, pair):
    made = merges.merge(*pair, actor=people.nora, reason=WHY)
    others = IdeaFactory(title="Un autre sujet"), IdeaFactory(author=people.charlie)
    merges.undo(
        merges.merge(*others, actor=people.nora, reason=WHY),
        actor=people.nora,
        reason="Elles diffèrent trop.",
    )
    client = sign_in(people.nora)
    for query, count in (
        ("", 2),
        ("?etat=en-cours", 1),
        ("?etat=separes", 1),
        ("?etat=reversibles", 1),
        ("?mots=veille", 1),
        ("?organisme=CPAM+de+la+Loire", 1),
        ("?etat=nimporte", 2),
    ):
        assert len(client.get(f"/animation/regroupements/{query}").context["rows"]) == count, query
    lines = b"".join(client.get("/animation/regroupements/export.csv").streaming_content).decode()
    assert made.absorbed.title in lines
    assert WHY in lines


def test_list_of_a_desk_holds_its_own(people, sign_in, pair):
    merges.merge(*pair, actor=people.nora, reason=WHY)
    inner = IdeaFactory(author=people.charlie, audience=Audience.ORGANISATION, title="Du Nord seulement")
    links.link(inner, pair[1], actor=people.nora, reason="L’une prépare l’autre.")
    other = IdeaFactory(author=people.alice)
    links.link(inner, other, actor=people.nora, reason="L’une prépare l’autre.")
    client = sign_in(people.rita)
    assert len(client.get("/animation/regroupements/").context["rows"]) == 1
    assert "Du Nord seulement" not in page(client.get("/animation/voisines/"))


def test_link_is_made_and_taken_away(people, sign_in, pair):
    client, url = sign_in(people.nora), f"/animation/{pair[0].short}/meme-idee/{pair[1].short}/"
    assert post(client, url, reason="bref").status_code == 422
    assert post(client, url, reason="L’une prépare l’autre.").url == "/animation/voisines/"
    assert post(client, url, reason="L’une prépare l’autre encore.").status_code == 409
    assert "L’une prépare l’autre." in page(client.get("/animation/voisines/"))
    assert (
        "L’une prépare l’autre."
        in b"".join(client.get("/animation/voisines/export.csv").streaming_content).decode()
    )
    away = f"/animation/voisines/{IdeaLink.objects.get().pk}/retirer/"
    assert client.get(away).status_code == 200
    assert post(client, away).url == "/animation/voisines/"
    assert not IdeaLink.objects.exists()


def test_undo_says_what_stays(people, sign_in, pair):
    theirs = CommentFactory(idea=pair[0], author=people.charlie)
    made = merges.merge(*pair, actor=people.nora, reason=WHY)
    theirs = Comment.objects.get(pk=theirs.pk)
    voices.comment(Idea.objects.get(pk=pair[1].pk), author=people.rita, body="Oui.", parent=theirs)
    client = sign_in(people.nora)
    url = made.get_absolute_url()
    assert post(client, url, reason="").status_code == 422
    response = client.post(url, {"idempotency_key": str(uuid.uuid4()), "reason": WHY}, follow=True)
    assert "1\u00a0réponse écrite depuis reste" in page(response)
    assert post(client, url, reason=WHY).status_code == 409


def test_closed_and_chained_merges_offer_no_undo(people, sign_in, pair):
    made = merges.merge(*pair, actor=people.nora, reason=WHY)
    client, url = sign_in(people.nora), made.get_absolute_url()
    assert "Un référent des deux idées" in page(sign_in(people.rita).get(url))
    merges.merge(pair[1], IdeaFactory(author=people.charlie), actor=people.nora, reason=WHY)
    client = sign_in(people.nora)
    assert "séparez-la d’abord" in page(client.get(url))
    IdeaMerge.objects.update(undo_until=clock.today().replace(year=2020))
    assert "Elles restent regroupées" in page(client.get(url))
