"""The deposit: drafts, look-alikes, the two steps, errors that lose nothing, one idea whatever is posted again."""

import uuid

import pytest
from django.test import Client

from ozeli.core.french import clock_time
from ozeli.engagement.services import set_tags
from ozeli.ideas.forms.deposit import NeedForm, proposed_title
from ozeli.ideas.models import KIND, Idea, IdeaDraft
from ozeli.ideas.services import deposits
from ozeli.network.enums import Audience
from ozeli.search.services import index_objects
from tests.factories import PASSWORD, DomainFactory, IdeaFactory

TEXT = {
    "problem": "À l’accueil, un rendez-vous sur cinq est manqué. Le créneau est perdu.",
    "beneficiaries": "Les allocataires sans ordinateur.",
    "proposal": "Envoyer un SMS la veille du rendez-vous. Avec un lien pour annuler.",
    "benefit": "Moins d’attente.",
    "domain": "accueil",
}
REVIEW = {
    "title": "Un SMS la veille du rendez-vous",
    "tags": "sms, accueil",
    "audience": "network",
    "objective": "",
}
# Session, person, rights, lexemes of the draft, unread notifications.
DEPOSIT_QUERIES = 5


@pytest.fixture(autouse=True)
def domain(db):
    return DomainFactory(code="accueil", name="Accueil")


def keyed(**fields):
    return {**fields, "idempotency_key": str(uuid.uuid4())}


def reviewing(client):
    """A client at step two: the address, and what its form posts."""
    url = client.post("/idees/deposer/", keyed(**TEXT)).url
    return url, keyed(**REVIEW, read=client.get(url).context["read"])


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("as_in_production")
def test_deposit_query_count(rows, people, sign_in, django_assert_num_queries):
    for place in range(rows):
        DomainFactory(code=f"domaine-{place}")
        deposits.save_draft(people.bob, {"problem": "Un début."})
    client = sign_in(people.bob)
    client.get("/idees/deposer/")
    with django_assert_num_queries(DEPOSIT_QUERIES):
        client.get("/idees/deposer/")


def test_form_has_five_fields_and_is_signed(people, sign_in):
    page = sign_in(people.bob).get("/idees/deposer/")
    assert list(NeedForm().fields) == ["problem", "beneficiaries", "proposal", "benefit", "domain"]
    assert "Cette idée sera signée Bob Martin, CPAM du Rhône." in page.content.decode()


def test_link_prefills_the_domain(people, sign_in):
    page = sign_in(people.bob).get("/idees/deposer/?domaine=accueil").content.decode()
    assert '<option value="accueil" selected>' in page


def test_whole_deposit(people, sign_in, domain):
    client = sign_in(people.bob)
    url, fields = reviewing(client)
    assert "Envoyer un SMS la veille du rendez-vous." in client.get(url).content.decode()
    response = client.post(url, fields)
    idea = Idea.objects.get()
    assert response.url == idea.get_absolute_url()
    assert (idea.title, idea.domain, idea.audience) == (REVIEW["title"], domain, Audience.NETWORK)
    assert idea.proposal == TEXT["proposal"]
    assert [author.user for author in idea.authors.all()] == [people.bob]
    assert not IdeaDraft.objects.exists()
    assert "Votre idée est déposée." in client.get(response.url).content.decode()


def test_deposit_replayed_five_times_is_one_idea(people, sign_in):
    client = sign_in(people.bob)
    url, fields = reviewing(client)
    answers = {client.post(url, fields).url for _time in range(5)}
    assert len(answers) == Idea.objects.count() == 1


def test_step_one_replayed_is_one_draft(people, sign_in):
    client, fields = sign_in(people.bob), keyed(**TEXT)
    assert len({client.post("/idees/deposer/", fields).url for _time in range(5)}) == 1
    assert IdeaDraft.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("problem", "", "Racontez le problème que vous voyez"),
        ("proposal", "\u200b \n", "Dites ce que vous proposez"),
        ("problem", "Trop court.", "20 caractères au moins, votre texte en compte 11"),
        ("proposal", "x" * 5001, "Votre texte compte 5\u202f001 caractères, la limite est de 5\u202f000."),
        ("benefit", "x" * 5001, "la limite est de 5\u202f000"),
        ("domain", "", "Choisissez le domaine le plus proche"),
        ("domain", "disparu", "Ce domaine n’existe plus"),
    ],
)
def test_refused_text_says_why_and_keeps_everything(field, value, words, people, sign_in):
    response = sign_in(people.bob).post("/idees/deposer/", keyed(**TEXT | {field: value}))
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert f'href="#id_{field}"' in page
    assert "Rien n’est perdu." in page
    for name, text in (TEXT | {field: value}).items():
        if name != "domain":
            assert text in page
    assert not IdeaDraft.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Donnez un titre à votre idée"),
        ("title", "SMS", "5 caractères au moins"),
        ("title", "x" * 141, "la limite est de 140"),
        ("tags", "un, deux, trois, quatre, cinq, six", "Gardez 5 mots-clés au plus"),
        ("audience", "monde", "Choisissez qui pourra lire votre idée"),
    ],
)
def test_refused_review_keeps_everything(field, value, words, people, sign_in):
    client = sign_in(people.bob)
    url, fields = reviewing(client)
    response = client.post(url, fields | {field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "Votre idée n’est pas encore déposée." in page
    assert field == "audience" or value in page
    assert not Idea.objects.exists()


def test_draft_saves_itself(people, sign_in):
    client = sign_in(people.bob)
    first = client.post("/idees/deposer/brouillon/", {"problem": "Un rendez-vous"}).json()
    draft = IdeaDraft.objects.get()
    assert first["message"] == f"Brouillon enregistré à {clock_time(draft.saved_at)}, visible de vous seul"
    fields = {"problem": "Un rendez-vous sur cinq", "draft": first["fields"]["draft"]}
    again = client.post("/idees/deposer/brouillon/", fields).json()
    assert again["fields"] == first["fields"] | {"draft_version": "2"}
    assert IdeaDraft.objects.get().fields["problem"] == "Un rendez-vous sur cinq"


def test_empty_draft_is_not_saved(people, sign_in):
    answer = sign_in(people.bob).post("/idees/deposer/brouillon/", {"problem": " ", "domain": "accueil"})
    assert answer.json() == {"message": "Écrivez quelques mots avant de garder un brouillon.", "saved": False}
    assert not IdeaDraft.objects.exists()


def test_draft_is_kept_without_javascript(people, sign_in):
    client = sign_in(people.bob)
    response = client.post("/idees/deposer/", keyed(problem="Un début.", geste="brouillon"))
    assert response.url == "/mes-idees/"
    draft = IdeaDraft.objects.get()
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "Un début.</textarea>" in page
    assert f'name="draft" value="{draft.pk}"' in page


def test_too_many_drafts_are_refused_and_the_text_is_kept(people, sign_in):
    for _draft in range(deposits.MAX_DRAFTS):
        deposits.save_draft(people.bob, {"problem": "Un début."})
    response = sign_in(people.bob).post("/idees/deposer/", keyed(problem="Un de trop.", geste="brouillon"))
    assert response.status_code == 422
    assert "Vous avez déjà 20 brouillons" in response.content.decode()
    assert "Un de trop.</textarea>" in response.content.decode()


def test_draft_of_another_person_is_never_read_nor_overwritten(people, sign_in):
    theirs = deposits.save_draft(people.alice, TEXT)
    client = sign_in(people.bob)
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert client.get(f"/idees/deposer/relire/{theirs.pk}/").status_code == 404
    assert client.get(f"/mes-idees/brouillons/{theirs.pk}/supprimer/").status_code == 404
    client.post("/idees/deposer/brouillon/", {"problem": "Le mien.", "draft": str(theirs.pk)})
    theirs.refresh_from_db()
    assert theirs.fields == TEXT
    assert IdeaDraft.objects.get(owner=people.bob).fields == {"problem": "Le mien."}


def test_draft_is_deleted_once_confirmed(people, sign_in):
    draft, client = deposits.save_draft(people.bob, TEXT), sign_in(people.bob)
    url = f"/mes-idees/brouillons/{draft.pk}/supprimer/"
    assert "Supprimer ce brouillon\u202f?" in client.get(url).content.decode()
    assert client.post(url, keyed()).url == "/mes-idees/"
    assert not IdeaDraft.objects.exists()


def test_back_to_the_text_keeps_title_and_tags(people, sign_in):
    client = sign_in(people.bob)
    url, fields = reviewing(client)
    back = client.post(url, fields | {"title": "Mon titre à moi", "geste": "texte"})
    assert back.url == IdeaDraft.objects.get().get_absolute_url()
    assert TEXT["problem"] in client.get(back.url).content.decode()
    assert client.get(url).context["form"]["title"].value() == "Mon titre à moi"


def test_text_changed_in_another_window_is_read_again(people, sign_in):
    client = sign_in(people.bob)
    url, fields = reviewing(client)
    draft = IdeaDraft.objects.get()
    deposits.save_draft(
        people.bob, draft.fields | {"problem": "Un tout autre problème, tapé ailleurs."}, draft_id=draft.pk
    )
    response = client.post(url, fields | {"title": "Titre gardé"})
    assert response.status_code == 409
    assert "Un tout autre problème, tapé ailleurs." in response.content.decode()
    assert "Titre gardé" in response.content.decode()
    assert not Idea.objects.exists()


def test_unfinished_draft_goes_back_to_step_one(people, sign_in):
    draft = deposits.save_draft(people.bob, {"problem": "Un début."})
    assert sign_in(people.bob).get(f"/idees/deposer/relire/{draft.pk}/").url == draft.get_absolute_url()


def test_title_and_tags_are_proposed_from_the_text(people, sign_in):
    known = IdeaFactory(author=people.alice)
    set_tags(KIND, known.pk, ["SMS", "logement"])
    secret = IdeaFactory(author=people.alice, audience=Audience.ORGANISATION)
    set_tags(KIND, secret.pk, ["rendez-vous"])
    client = sign_in(people.charlie)
    url, _fields = reviewing(client)
    form = client.get(url).context["form"]
    assert form["title"].value() == "Envoyer un SMS la veille du rendez-vous"
    assert form["tags"].value() == "SMS"


def test_proposed_title_is_one_short_sentence():
    assert proposed_title("envoyer un SMS. Puis deux.") == "Envoyer un SMS"
    long = proposed_title("Mettre en place " + "un très long dispositif " * 10)
    assert len(long) <= 90
    assert not long.endswith(" ")


def test_look_alikes_appear_while_typing(people, sign_in):
    idea = IdeaFactory(author=people.alice, title="Rappel vocal la veille", vote_count=12)
    secret = IdeaFactory(author=people.alice, title="Secret", audience=Audience.ORGANISATION)
    index_objects(KIND, [idea.pk, secret.pk])
    response = sign_in(people.charlie).post("/idees/deposer/ressemblances/", TEXT)
    piece = response.content.decode()
    assert "<html" not in piece
    assert "Rappel vocal la veille" in piece
    assert "<mark>" in piece
    assert "Mots communs" in piece
    assert "Voter pour elle" in piece
    assert "Secret" not in piece


def test_one_shared_word_is_no_likeness(people, sign_in):
    idea = IdeaFactory(
        author=people.alice, title="Un rappel vocal", problem="Des agents sautent leurs pauses."
    )
    index_objects(KIND, [idea.pk])
    panel = "/idees/deposer/ressemblances/"
    assert (
        "Un rappel vocal" not in sign_in(people.bob).post(panel, {"problem": "Un rappel."}).content.decode()
    )
    assert (
        "Un rappel vocal" in sign_in(people.bob).post(panel, {"problem": "Un rappel vocal."}).content.decode()
    )


def test_look_alikes_never_block(people, sign_in):
    index_objects(KIND, [IdeaFactory(author=people.alice).pk])
    client = sign_in(people.bob)
    url, fields = reviewing(client)
    assert client.get(url).context["alike"]["items"]
    assert client.post(url, fields).status_code == 302


@pytest.mark.parametrize("text", ["", "de la le", "\x00", "🙂" * 50, "a" * 20_000])
def test_look_alikes_of_anything(text, people, sign_in):
    response = sign_in(people.bob).post("/idees/deposer/ressemblances/", {"problem": text})
    assert response.status_code == 200


def test_text_typed_in_a_lost_session_comes_back(people):
    client = Client()
    came = {"Referer": "http://testserver/idees/deposer/"}
    door = client.post("/idees/deposer/", keyed(**TEXT), headers=came)
    assert door.status_code == 401
    fields = {"login": people.bob.email, "password": PASSWORD}
    fields |= {"reprise": door.context["reprise"], "next": "/idees/deposer/"}
    page = client.post("/connexion/", fields, follow=True).content.decode()
    assert TEXT["problem"] in page
    assert TEXT["proposal"] in page
    assert '<option value="accueil" selected>' in page


def test_deposit_is_closed_to_people_without_the_brick(people, sign_in):
    client = sign_in(people.zoe)
    assert client.get("/idees/deposer/").status_code == 404
    assert client.post("/idees/deposer/brouillon/", {"problem": "Un début."}).status_code == 404
