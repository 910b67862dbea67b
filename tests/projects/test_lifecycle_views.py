"""The pages of lifecycles: read by all, composed by administrators, without a script."""

from uuid import uuid4

import pytest

from ozeli.projects.models import Lifecycle, LifecycleVersion
from ozeli.projects.selectors.composing import draft_of
from ozeli.projects.services import lifecycles
from ozeli.projects.services.lifecycles import StageWords
from tests.projects.factories import ProjectFactory

KEPT = "/administration/parcours/essai-3/"
COMPOSED = f"{KEPT}version/"


def keyed(**data: object) -> dict[str, object]:
    return {"idempotency_key": str(uuid4()), **data}


@pytest.fixture
def adam(people, sign_in):
    return sign_in(people.adam)


@pytest.fixture
def draft(people) -> LifecycleVersion:
    return lifecycles.prepare_version(Lifecycle.objects.get(code="essai-3"), actor=people.adam)


def test_agents_read_lifecycles_and_are_offered_nothing_to_change(people, sign_in):
    client = sign_in(people.alice)
    page = client.get("/projets/parcours/").content.decode()
    for said in ("POC en sept étapes", "Startup d’État", "Essai en trois étapes", "Poser le défi"):
        assert said in page
    assert "/administration/parcours/" not in page
    page = client.get("/projets/parcours/poc-7/").content.decode()
    assert "Quel effet attendez-vous, et pour qui" in page
    assert "/projets/bilans/?etape=solution" in page and "/projets/methodes/entretiens/" in page
    assert "/administration/" not in page


def test_unknown_or_unpublished_is_absent_for_agents(people, sign_in, draft):
    client = sign_in(people.alice)
    for page in (
        "/projets/parcours/inconnu/",
        "/projets/parcours/essai-3/v2/",
        "/projets/parcours/essai-3/v9/",
    ):
        assert client.get(page).status_code == 404, page
    made = lifecycles.copy_lifecycle(
        draft.lifecycle, name="Secret", summary="", kind="poc", actor=people.adam
    )
    assert client.get(made.get_absolute_url()).status_code == 404
    assert "Secret" not in client.get("/projets/parcours/").content.decode()
    adam = sign_in(people.adam)
    assert adam.get(made.get_absolute_url()).url == f"/administration/parcours/{made.code}/version/"
    assert "Secret" in adam.get("/projets/parcours/").content.decode()


def test_former_version_is_read_for_those_who_follow_it(people, sign_in, draft):
    ProjectFactory(owner=people.alice, lifecycle="essai-3")
    lifecycles.publish_version(draft, note="Plus court.", actor=people.adam, version=draft.version)
    page = sign_in(people.alice).get("/projets/parcours/essai-3/v1/").content.decode()
    assert "Cette version n’est plus la dernière" in page
    assert "1\u00a0projet" in page and "Plus court." in page


def test_whole_journey_from_copy_to_publication(people, adam):
    made = adam.post(
        "/administration/parcours/essai-3/copier/",
        keyed(name="Essai de quartier", summary="En une semaine", kind="poc"),
    )
    assert made.url == "/administration/parcours/essai-de-quartier/version/"
    base = made.url
    answer = adam.post(
        f"{base}etapes/ajouter/",
        keyed(name="Raconter", questions="Qui ?\nQuand ?", expected_days="5", is_groupable="on"),
    )
    version = draft_of(Lifecycle.objects.get(code="essai-de-quartier"))
    stage = version.stages.get(name="Raconter")
    assert answer.url == f"{base}#etape-{stage.pk}"
    adam.post(f"{base}etapes/{stage.pk}/deplacer/", keyed(step="-1"))
    gone = version.stages.get(number=1)
    adam.post(f"{base}etapes/{gone.pk}/retirer/", keyed())
    adam.post(f"{base}suites/ajouter/", keyed(name="Étendre au quartier", state="completed"))
    page = adam.get(f"{base}publier/").content.decode()
    assert "Ce parcours sera proposé" in page
    version.refresh_from_db()
    assert adam.post(f"{base}publier/", keyed(note="", version=version.version)).url == (
        "/projets/parcours/essai-de-quartier/"
    )
    assert list(version.stages.order_by("number").values_list("name", flat=True)) == [
        "Essayer", "Raconter", "Conclure",
    ]  # fmt: skip


def test_same_form_posted_twice_adds_one_stage(adam, draft):
    data = keyed(name="Raconter")
    for _ in range(3):
        adam.post(f"{COMPOSED}etapes/ajouter/", data)
    assert draft.stages.filter(name="Raconter").count() == 1


def test_bad_stage_is_said_near_its_field_and_nothing_is_lost(adam, draft):
    wrong = keyed(name="", questions="Gardez-moi", expected_days="-3")
    response = adam.post(f"{COMPOSED}etapes/ajouter/", wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Donnez un nom à cette étape." in page and "un jour au moins" in page and "Gardez-moi" in page
    response = adam.post(f"{COMPOSED}etapes/ajouter/", keyed(name="préparer"))
    assert response.status_code == 422
    assert "Une autre étape porte déjà ce nom." in response.content.decode()
    response = adam.post(f"{COMPOSED}suites/ajouter/", keyed(name="Étendre", state="nowhere"))
    assert response.status_code == 422


def test_stage_written_by_two_people_shows_both_texts(people, adam, sign_in, draft):
    stage = draft.stages.get(number=2)
    address = f"{COMPOSED}etapes/{stage.pk}/"
    seen = adam.get(address).context["form"].initial["seen"]
    assert sign_in(people.sonia).post(address, keyed(name="De Sonia", seen=seen)).status_code == 302
    response = adam.post(address, keyed(name="D’Adam", seen=seen))
    page = response.content.decode()
    assert response.status_code == 409
    assert "De Sonia" in page and "D’Adam" in page
    again = response.context["form"].data["seen"]
    assert adam.post(address, keyed(name="D’Adam", seen=again)).status_code == 302
    stage.refresh_from_db()
    assert stage.name == "D’Adam"


def test_version_changed_while_read_again_is_not_published(people, adam, draft):
    lifecycles.add_stage(draft, StageWords("De plus"), actor=people.sonia)
    response = adam.post(f"{COMPOSED}publier/", keyed(note="Mon mot", version=draft.version))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Mon mot" in page and "De plus" in page
    assert draft_of(draft.lifecycle) is not None


def test_what_lacks_is_said_before_and_at_publication(people, adam, draft):
    for stage in list(draft.stages.all()):
        lifecycles.remove_stage(stage, actor=people.adam)
    assert "aucune étape" in adam.get(COMPOSED).content.decode()
    draft.refresh_from_db()
    response = adam.post(f"{COMPOSED}publier/", keyed(version=draft.version))
    assert response.status_code == 422
    assert "aucune étape" in response.content.decode()


def test_removals_ask_first(adam, draft):
    stage, ending = draft.stages.first(), draft.endings.first()
    for tail, one in ((f"etapes/{stage.pk}", stage), (f"suites/{ending.pk}", ending)):
        assert one.name in adam.get(f"{COMPOSED}{tail}/retirer/").content.decode()
        assert adam.post(f"{COMPOSED}{tail}/retirer/", keyed()).status_code == 302
        assert adam.get(f"{COMPOSED}{tail}/retirer/").status_code == 404
    assert "reste en vigueur" in adam.get(f"{COMPOSED}abandonner/").content.decode()
    assert adam.post(f"{COMPOSED}abandonner/", keyed()).url == "/projets/parcours/essai-3/"
    assert adam.get(COMPOSED).status_code == 404


def test_settings_by_two_people_show_both(people, adam, sign_in):
    version = Lifecycle.objects.get(code="essai-3").version
    first = keyed(name="Trois pas", summary="", kind="poc", version=version)
    assert sign_in(people.sonia).post(KEPT, first).status_code == 302
    response = adam.post(KEPT, keyed(name="Trois temps", summary="", kind="poc", version=version))
    page = response.content.decode()
    assert response.status_code == 409
    assert "Trois pas" in page and "Trois temps" in page
    again = response.context["form"].data["version"]
    adam.post(KEPT, keyed(name="Trois temps", summary="", kind="poc", version=again))
    assert Lifecycle.objects.get(code="essai-3").name == "Trois temps"


def test_archiving_the_last_one_is_refused_in_words(people, adam):
    for code in ("poc-7", "startup-etat"):
        adam.post(f"/administration/parcours/{code}/archiver/", keyed(want="0"))
    page = adam.post(f"{KEPT}archiver/", keyed(want="0"), follow=True).content.decode()
    assert "dernier parcours proposé" in page
    page = adam.post(
        "/administration/parcours/poc-7/archiver/", keyed(want="1"), follow=True
    ).content.decode()
    assert "de nouveau proposé" in page


def test_pages_take_the_same_queries_for_one_version_and_three(
    people, sign_in, as_in_production, django_assert_num_queries
):
    client = sign_in(people.alice)
    client.get("/projets/parcours/essai-3/")
    with django_assert_num_queries(9):
        client.get("/projets/parcours/essai-3/")
    with django_assert_num_queries(7):
        client.get("/projets/parcours/")
    for _ in range(2):
        draft = lifecycles.prepare_version(Lifecycle.objects.get(code="essai-3"), actor=people.adam)
        lifecycles.publish_version(draft, note="", actor=people.adam, version=draft.version)
    client.get("/projets/parcours/essai-3/")
    with django_assert_num_queries(9):
        client.get("/projets/parcours/essai-3/")
    with django_assert_num_queries(7):
        client.get("/projets/parcours/")
