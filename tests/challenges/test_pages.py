"""The screens of challenges: the list, the page, the preparation without JavaScript, the team, the plan."""

import csv
import io
import re
import uuid
from datetime import timedelta

import pytest

from ozeli.activity.models import Event
from ozeli.activity.selectors import is_following
from ozeli.challenges import figures, home
from ozeli.challenges.enums import AnimatorRole, ChallengeState, Format, PhaseKind, VotingRule
from ozeli.challenges.figures import Figures
from ozeli.challenges.models import (
    KIND,
    Challenge,
    ChallengeAnimator,
    CommunicationStep,
    PhaseChange,
    Prize,
)
from ozeli.challenges.selectors.listing import MOMENTS
from ozeli.challenges.services import communication, drafts
from ozeli.core import clock
from ozeli.core.french import NBSP
from ozeli.journal.models import Entry
from ozeli.network.enums import Audience
from ozeli.search.selectors import search
from ozeli.search.services import reindex
from tests.factories import ChallengeFactory

pytestmark = pytest.mark.django_db
# Session, person, rights, counts by tab, challenges, phases, animators, bodies, branches offered, unread notifications.
LIST_QUERIES = 10
DEPOSIT, DEBATE, OPEN, RESULTS = PhaseKind.DEPOSIT, PhaseKind.DEBATE, PhaseKind.OPEN, PhaseKind.RESULTS


@pytest.fixture(autouse=True)
def no_figures(monkeypatch):
    monkeypatch.setattr(figures, "_loaders", [])


def titles(response):
    return [card.title for card in response.context["cards"]]


def post(client, path, **fields):
    return client.post(path, fields | {"idempotency_key": str(uuid.uuid4())})


def typed_in(response):
    """The fields of the first form of the page, as a browser without JavaScript would send them back."""
    page = response.content.decode()
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="version"' in one)
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="radio"' not in tag or "checked" in tag):
            found[name[1]] = value[1] if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = text
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


# --- the list ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_list_query_count(rows, people, sign_in, django_assert_num_queries):
    ChallengeFactory.create_batch(rows, organisation=people.loire)
    client = sign_in(people.alice)
    client.get("/defis/")
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get("/defis/")
    assert len(response.context["cards"]) == rows


def test_each_moment_has_its_challenges(people, sign_in):
    ChallengeFactory(title="Ouvert")
    ChallengeFactory(title="À venir", phases={DEPOSIT: (3, 9), DEBATE: (9, 12)})
    ChallengeFactory(title="Fini", phases={DEPOSIT: (-30, -20), DEBATE: (-20, -10)})
    ChallengeFactory(title="Annulé", state=ChallengeState.CANCELLED, cancel_reason="Budget retiré.")
    ChallengeFactory(title="Brouillon", state=ChallengeState.DRAFT, organisation=people.loire)
    client = sign_in(people.alice)
    assert titles(client.get("/defis/")) == ["Ouvert"]
    assert titles(client.get("/defis/?moment=a-venir")) == ["À venir"]
    assert set(titles(client.get("/defis/?moment=termines"))) == {"Fini", "Annulé"}
    assert titles(client.get("/defis/?moment=a-animer")) == []
    assert set(titles(sign_in(people.rita).get("/defis/?moment=a-animer"))) == {"Brouillon"}
    assert titles(client.get("/defis/?moment=n-importe-quoi")) == ["Ouvert"]


def test_filters_and_what_they_leave(people, sign_in):
    box = ChallengeFactory(
        title="Boîte", format=Format.BOX, organisation=people.loire, phases={OPEN: (-9, None)}
    )
    ChallengeFactory(
        title="De branche",
        organisation=people.rhone,
        audience=Audience.BRANCH,
        branch=people.loire.branch,
    )
    ChallengeFactory(
        title="Invités", organisation=people.nord, audience=Audience.ORGANISATION, bodies=[people.loire]
    )
    client = sign_in(people.alice)
    assert titles(client.get("/defis/?format=box")) == [box.title]
    assert set(titles(client.get("/defis/?branche=famille"))) == {"Invités"}
    assert set(titles(client.get("/defis/?organisme=CPAM de la Loire"))) == {"Boîte", "Invités"}
    page = client.get("/defis/?format=hackathon")
    assert "Aucun défi ne répond à ces filtres" in page.content.decode()
    assert [words for words, _url in page.context["applied"]] == ["Hackathon"]
    assert titles(sign_in(people.charlie).get("/defis/")) == ["Boîte"]


@pytest.mark.parametrize("moment", ["en-cours", "a-venir"])
def test_pages_go_both_ways(moment, people, sign_in):
    begins = 3 if moment == "a-venir" else -9
    for place in range(17):
        ChallengeFactory(title=f"{place:02}", phases={DEPOSIT: (begins + place / 10, 20), DEBATE: (20, 30)})
    client = sign_in(people.alice)
    first = client.get(f"/defis/?moment={moment}")
    second = client.get(f"/defis/{first.context['next_url']}")
    assert (len(titles(first)), len(titles(second))) == (15, 2)
    assert titles(client.get(f"/defis/{second.context['previous_url']}")) == titles(first)
    assert titles(first)[0] == ("00" if moment == "a-venir" else "16")


@pytest.mark.parametrize("moment", MOMENTS)
def test_empty_lists_say_what_to_do(moment, people, sign_in):
    page = sign_in(people.alice).get(f"/defis/?moment={moment}").content.decode()
    assert 'class="empty"' in page


def test_cards_say_how_long_is_left(people, sign_in):
    ChallengeFactory(phases={DEPOSIT: (-5, 3), DEBATE: (3, 9)})
    ChallengeFactory(phases={OPEN: (-5, None)}, format=Format.BOX)
    ChallengeFactory(phases={DEPOSIT: (-9, -5), DEBATE: (4, 9)})
    page = sign_in(people.alice).get("/defis/").content.decode()
    assert "<b>3</b><span>jours pour déposer</span>" in page
    assert "Toujours ouverte" in page
    assert "Entre deux phases" in page and "avant l’ouverture" in page


def test_figures_of_other_apps_are_shown(people, sign_in):
    found = ChallengeFactory()
    figures.register(lambda keys: {found.pk: Figures(ideas=46, votes=312, participants=90)})
    client = sign_in(people.alice)
    assert f"46{NBSP}idées" in client.get("/defis/").content.decode()
    page = client.get(found.get_absolute_url()).content.decode()
    assert f"312{NBSP}votes" in page and f"90{NBSP}personnes" in page and "idees/" in page


def test_export_is_whole_and_follows_filters(people, sign_in):
    ChallengeFactory(title="=1+1", organisation=people.loire)
    ChallengeFactory(title="À venir", phases={DEPOSIT: (3, 9)})
    response = sign_in(people.alice).get("/defis/export.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert line["défi"] == "'=1+1" and line["porté par"] == "CPAM de la Loire"
    assert sign_in(people.alice).get("/defis/export.csv?format=xlsx").status_code == 200


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ({DEPOSIT: (-5, 5), DEBATE: (5, 9)}, "/idees/deposer/?defi="),
        ({OPEN: (-5, None)}, "/idees/deposer/?defi="),
        ({DEPOSIT: (-9, -5), DEBATE: (-5, 9)}, "Lire les idées et voter"),
        ({DEPOSIT: (-9, -5), PhaseKind.STUDY: (-5, 9)}, "l’équipe étudie chaque idée"),
        ({DEPOSIT: (-9, -5), RESULTS: (-5, 9)}, "Lire les résultats"),
        ({DEPOSIT: (-9, -5)}, "Lire les résultats"),
        ({PhaseKind.ANNOUNCE: (-2, 3), DEPOSIT: (3, 9)}, "prévenu la veille de l’ouverture"),
    ],
)
def test_the_page_offers_one_thing_to_do_now(phases, words, people, sign_in):
    found = ChallengeFactory(phases=phases)
    page = sign_in(people.alice).get(found.get_absolute_url()).content.decode()
    assert words in page
    assert page.count("btn-1") <= 1
    assert '<p class="now"><b>' in page.split('<section class="fil-band"')[0]


def test_those_who_take_no_part_read_without_a_button(people, sign_in):
    found = ChallengeFactory(organisation=people.nord, audience=Audience.ORGANISATION, bodies=[people.nord])
    ChallengeAnimator.objects.create(challenge=found, user=people.bob)
    page = sign_in(people.bob).get(found.get_absolute_url()).content.decode()
    assert "sans y déposer" in page and "/idees/deposer/?defi=" not in page
    assert sign_in(people.alice).get(found.get_absolute_url()).status_code == 404


def test_the_page_tells_everything(people, sign_in):
    found = ChallengeFactory(
        organisation=people.loire, voting_rule=VotingRule.BUDGET, votes_each=4, answer_delay_days=21
    )
    Prize.objects.create(challenge=found, title="Une demi-journée", description="Pour le faire.")
    now = clock.now()
    PhaseChange.objects.create(
        challenge=found, kind=DEPOSIT, closed_at=now, closes_at=None, reason="La grève.", made_at=now
    )
    page = sign_in(people.rita).get(found.get_absolute_url()).content.decode()
    for words in (
        f"4{NBSP}votes à distribuer",
        f"en 21{NBSP}jours",
        "Une demi-journée",
        "La grève.",
        "Animer ce défi",
    ):
        assert words in page, words
    assert "Animer ce défi" not in sign_in(people.alice).get(found.get_absolute_url()).content.decode()
    rules = sign_in(people.alice).get(f"{found.get_absolute_url()}reglement/")
    assert f"4{NBSP}votes à distribuer" in rules.content.decode()


def test_a_cancelled_challenge_says_why(people, sign_in):
    found = ChallengeFactory(state=ChallengeState.CANCELLED, cancel_reason="Le budget a été retiré.")
    assert "Le budget a été retiré." in sign_in(people.alice).get(found.get_absolute_url()).content.decode()


def test_following_with_and_without_javascript(people, sign_in):
    found, client = ChallengeFactory(), sign_in(people.alice)
    assert client.post(f"{found.get_absolute_url()}suivre/", {"want": "1"}).status_code == 302
    assert is_following(KIND, found.pk, people.alice)
    piece = client.post(f"{found.get_absolute_url()}suivre/", {"want": "0"}, headers={"HX-Request": "true"})
    assert "Suivre" in piece.content.decode() and "<html" not in piece.content.decode()
    assert not is_following(KIND, found.pk, people.alice)
    assert client.post(f"{found.get_absolute_url()}suivre/", {"want": "2"}).status_code == 400


# --- the preparation --------------------------------------------------------------------------------------------------


def test_a_challenge_is_prepared_and_published_without_javascript(people, sign_in):
    client = sign_in(people.rita)
    first = post(client, "/defis/nouveau/", origin="innovathon")
    draft = Challenge.objects.get()
    assert first.url == f"/defis/nouveau/{draft.pk}/question/"
    fields = typed_in(client.get(first.url)) | {"title": "Notre innovathon", "question": "Que changer ?"}
    second = client.post(first.url, fields)
    third = client.post(second.url, typed_in(client.get(second.url)))
    assert third.status_code == 302, third.content.decode()[:3000]
    fourth = client.post(third.url, typed_in(client.get(third.url)))
    assert fourth.url.endswith("/equipe/")
    assert post(client, fourth.url, geste="ajouter", person="bob@exemple.test").status_code == 302
    fifth = client.post(fourth.url, typed_in(client.get(fourth.url)) | {"prize_1": "Du temps"})
    page = client.get(fifth.url)
    assert "Du temps" in page.content.decode() and page.context["lacks"] == []
    done = client.post(fifth.url, typed_in(page))
    assert done.url == "/defis/notre-innovathon/"
    draft.refresh_from_db()
    assert draft.state == ChallengeState.PUBLISHED and draft.communication.exists()
    assert client.get(fifth.url).status_code == 404
    assert sign_in(people.alice).get(done.url).status_code == 200


def test_errors_keep_everything_typed(people, sign_in):
    client, draft = sign_in(people.rita), drafts.create(Format.CHALLENGE, actor=people.rita)
    base = f"/defis/nouveau/{draft.pk}/"
    page = post(
        client, f"{base}question/", title="", question="Gardée ?", presentation="Gardé aussi", version="1"
    )
    assert page.status_code == 422
    assert "Gardée ?" in page.content.decode() and "Gardé aussi" in page.content.decode()
    fields = typed_in(client.get(f"{base}participants/"))
    page = post(client, f"{base}participants/", **fields | {"audience": "network", "bodies": "Nulle part"})
    text = page.content.decode()
    assert page.status_code == 422 and "Nulle part" in text and "dont vous avez la charge" in text
    page = post(
        client, f"{base}participants/", **fields | {"voting_rule": "budget", "votes_each": "", "bodies": ""}
    )
    assert "Dites combien de votes" in page.content.decode()
    assert "au moins un organisme invité" in page.content.decode()
    fields = typed_in(client.get(f"{base}calendrier/"))
    page = post(client, f"{base}calendrier/", **fields | {"debate_first": fields["deposit_first"]})
    assert page.status_code == 422 and "se chevauchent" in page.content.decode()
    assert f'value="{fields["results_last"]}"' in page.content.decode()
    page = post(client, f"{base}calendrier/", **fields | {"announce_first": ""})
    assert "ou videz toute la ligne" in page.content.decode()
    page = post(client, f"{base}equipe/", brings_2="Sans nom", version="1")
    assert "Donnez un nom au prix 2" in page.content.decode()
    page = post(client, f"{base}equipe/", geste="ajouter", person="Personne Inconnue")
    assert page.status_code == 422 and "Personne Inconnue" in page.content.decode()


def test_two_windows_show_both_texts(people, sign_in):
    client, draft = sign_in(people.rita), drafts.create(Format.CHALLENGE, actor=people.rita)
    path = f"/defis/nouveau/{draft.pk}/question/"
    fields = typed_in(client.get(path))
    client.post(path, fields | {"title": "La première", "question": "Un ?"})
    page = post(client, path, **fields | {"title": "La seconde", "question": "Deux ?"})
    text = page.content.decode()
    assert page.status_code == 409 and "La première" in text and 'value="La seconde"' in text
    again = client.post(path, typed_in(page))
    assert again.status_code == 302
    assert Challenge.objects.get().title == "La seconde"


def test_starting_from_last_year(people, sign_in):
    old = ChallengeFactory(title="Le défi d’avant", organisation=people.loire)
    client = sign_in(people.rita)
    assert old.title in client.get(f"/defis/nouveau/?copie={old.slug}").content.decode()
    assert client.get("/defis/suggestions/?q=avant").json()["results"][0]["label"] == old.title
    assert post(client, "/defis/nouveau/", origin="copie", source="Inconnu").status_code == 422
    assert post(client, "/defis/nouveau/", origin="copie", source="").status_code == 422
    assert post(client, "/defis/nouveau/", origin="copie", source=old.title).status_code == 302
    assert Challenge.objects.get(copied_from=old).title == old.title


def test_a_draft_waits_and_is_dropped(people, sign_in):
    client, draft = sign_in(people.rita), drafts.create(Format.BOX, actor=people.rita)
    path = f"/defis/nouveau/{draft.pk}/"
    assert client.get(path).url == f"{path}question/"
    fields = typed_in(client.get(f"{path}question/")) | {"title": "Plus tard", "question": "Quand ?"}
    assert client.post(f"{path}question/", fields | {"geste": "plus-tard"}).url.endswith("moment=a-animer")
    assert "Plus tard" in client.get("/defis/nouveau/").content.decode()
    assert post(client, f"{path}relire/", version="1").status_code == 409
    assert post(client, f"{path}supprimer/").status_code == 302
    assert not Challenge.objects.exists()


# --- the team and the plan --------------------------------------------------------------------------------------------


def test_the_team_changes_and_each_is_told(people, sign_in):
    found, client = ChallengeFactory(organisation=people.loire), sign_in(people.rita)
    ChallengeAnimator.objects.create(challenge=found, user=people.nora, role=AnimatorRole.LEAD)
    path = f"{found.get_absolute_url()}equipe/"
    assert post(client, path, geste="ajouter", person="Bob Martin").status_code == 302
    assert is_following(KIND, found.pk, people.bob)
    assert post(client, path, geste="ajouter", person="Bob Martin").status_code == 409
    assert post(client, path, geste="ajouter", person="Zoe Martin").status_code == 422
    assert post(client, path, geste="retirer", personne=str(people.nora.pk)).status_code == 422
    assert post(client, path, geste="nommer", personne=str(people.bob.pk)).status_code == 302
    assert post(client, path, geste="reprendre", personne=str(people.nora.pk)).status_code == 302
    assert post(client, path, geste="reprendre", personne=str(people.bob.pk)).status_code == 422
    assert post(client, path, geste="retirer", personne=str(people.nora.pk)).status_code == 302
    assert post(client, path, geste="retirer", personne="999999").status_code == 409
    assert post(client, path, geste="nommer", personne="999999").status_code == 409
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"challenge.add_animator", "challenge.set_lead", "challenge.remove_animator"} <= verbs
    assert Event.objects.filter(type="challenge.animator_removed").count() == 1
    bob = sign_in(people.bob)
    ChallengeAnimator.objects.create(challenge=found, user=people.charlie)
    assert (
        post(sign_in(people.charlie), path, geste="nommer", personne=str(people.charlie.pk)).status_code
        == 422
    )
    assert (
        post(sign_in(people.charlie), path, geste="retirer", personne=str(people.charlie.pk)).status_code
        == 302
    )
    assert bob.get("/defis/personnes/?q=ali").json()["results"][0]["label"].startswith("Alice")


def test_the_plan_is_kept_by_week(people, sign_in):
    found, client = ChallengeFactory(organisation=people.loire), sign_in(people.rita)
    path, today = f"{found.get_absolute_url()}communication/", clock.today()
    assert "Aucune étape" in client.get(path).content.decode()
    assert post(client, path, geste="proposer").status_code == 302
    assert CommunicationStep.objects.filter(challenge=found).count() > 3
    assert post(client, path, geste="ajouter", title="Une vidéo", due_on="").status_code == 422
    assert post(client, path, geste="ajouter", title="Une vidéo", due_on=today.isoformat()).status_code == 302
    step = CommunicationStep.objects.get(title="Une vidéo")
    assert "Cette semaine" in client.get(path).content.decode()
    assert post(client, path, geste="fait", etape=str(step.pk)).url == f"{path}#etape-{step.pk}"
    step.refresh_from_db()
    assert (step.done_on, step.done_by) == (today, people.rita)
    communication.propose(found)
    assert CommunicationStep.objects.filter(pk=step.pk).exists(), "what is done stays"
    post(client, path, geste="a-faire", etape=str(step.pk))
    moved = (today + timedelta(days=9)).isoformat()
    assert client.get(f"{path}{step.pk}/").status_code == 200
    assert post(client, f"{path}{step.pk}/", title="Deux vidéos", due_on=moved).status_code == 302
    assert post(client, f"{path}{step.pk}/", title="", due_on=moved).status_code == 422
    lines = b"".join(client.get(f"{path}export.csv").streaming_content).decode()
    assert "Deux vidéos" in lines
    assert post(client, path, geste="retirer", etape=str(step.pk)).status_code == 302
    assert post(client, path, geste="perdu", etape=str(found.communication.first().pk)).status_code == 404
    other = ChallengeFactory(organisation=people.loire)
    elsewhere = CommunicationStep.objects.create(challenge=other, due_on=today, title="Ailleurs")
    assert client.get(f"{path}{elsewhere.pk}/").status_code == 404


def test_dates_move_from_their_page(people, sign_in):
    found, client = ChallengeFactory(organisation=people.loire), sign_in(people.rita)
    path = f"{found.get_absolute_url()}calendrier/"
    fields = typed_in(client.get(path))
    last = (clock.today() + timedelta(days=30)).isoformat()
    asked = {"phase": "debate", "last": last, "reason": "Les équipes manquent de temps."}
    assert post(client, path, **fields | asked | {"reason": ""}).status_code == 422
    assert post(client, path, **fields | asked | {"last": ""}).status_code == 422
    assert post(client, path, **fields | asked).status_code == 302
    assert last[-2:].lstrip("0") in client.get(found.get_absolute_url()).content.decode()
    late = post(client, path, **fields | asked | {"reason": "Une autre raison entière."})
    assert late.status_code == 409 and "Une autre raison entière." in late.content.decode()


def test_texts_are_put_right_and_cancelled_from_their_pages(people, sign_in):
    found, client = ChallengeFactory(organisation=people.loire, rules_text="Règles."), sign_in(people.rita)
    path = f"{found.get_absolute_url()}textes/"
    fields = typed_in(client.get(path))
    assert post(client, path, **fields | {"title": "Mieux dit", "prize_1": "Du temps"}).status_code == 302
    late = post(client, path, **fields | {"title": "Trop tard"})
    assert (
        late.status_code == 409
        and "Mieux dit" in late.content.decode()
        and "Trop tard" in late.content.decode()
    )
    assert post(client, path, **fields | {"title": ""}).status_code == 422
    cancel = f"{found.get_absolute_url()}annuler/"
    fields = typed_in(client.get(cancel))
    assert post(client, cancel, **fields | {"reason": "non"}).status_code == 422
    assert (
        post(client, cancel, **fields | {"version": "1", "reason": "Le budget est retiré."}).status_code
        == 409
    )
    assert post(client, cancel, **fields | {"reason": "Le budget est retiré."}).status_code == 302
    assert client.get(cancel).status_code == 404
    plan = post(client, f"{found.get_absolute_url()}communication/", geste="proposer")
    assert plan.status_code == 409


# --- search and home --------------------------------------------------------------------------------------------------


def found_by(user, words):
    return {hit.object_id for hit in search(words, user=user).hits}


def test_search_finds_what_one_may_read(people, sign_in):
    shown = ChallengeFactory(title="Zéro photocopie")
    inner = ChallengeFactory(
        title="Photocopie de la Loire",
        audience=Audience.ORGANISATION,
        bodies=[people.loire],
        organisation=people.loire,
    )
    draft = ChallengeFactory(title="Photocopie secrète", state=ChallengeState.DRAFT)
    reindex("challenge", now=True)
    assert found_by(people.alice, "photocopie") == {shown.pk, inner.pk}
    assert found_by(people.charlie, "photocopie") == {shown.pk}
    assert draft.pk not in found_by(people.sonia, "photocopie")
    page = sign_in(people.alice).get("/recherche/?q=photocopie").content.decode()
    assert "/defis/" in page and "Dépôts ouverts" in page


@pytest.mark.usefixtures("as_in_production")
def test_the_home_shows_what_is_open_to_the_person_without_a_query(people, rf, django_assert_num_queries):
    ends = {DEPOSIT: (-5, 3), DEBATE: (3, 9)}
    ChallengeFactory(title="Au réseau", phases=ends)
    ChallengeFactory(
        title="Au Nord",
        phases=ends,
        audience=Audience.ORGANISATION,
        bodies=[people.nord],
        organisation=people.nord,
    )
    ChallengeFactory(title="Clos", phases={DEPOSIT: (-9, -5), PhaseKind.STUDY: (-5, 9)})
    request = rf.get("/")
    request.user = people.alice
    home.published_cards()
    assert people.alice.level("challenges") and people.alice.organisation.branch_id
    with django_assert_num_queries(0):
        shown, lines = home.open_challenges(request, {}), home.deadlines(request, {})
    assert [card.title for card in shown["cards"]] == ["Au réseau"]
    assert {line.title for line in lines["lines"]} == {"Au réseau", "Clos"} - {"Clos"}
    request.user = people.charlie
    assert {card.title for card in home.open_challenges(request, {"count": 6})["cards"]} == {
        "Au réseau",
        "Au Nord",
    }


def test_the_home_says_nothing_without_challenges(people, rf):
    request = rf.get("/")
    request.user = people.alice
    assert home.open_challenges(request, {}) is None
    assert home.deadlines(request, {}) is None
