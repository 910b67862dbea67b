"""The pages of the stages and of the gates: what each person reads and writes there, and who came first."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from ozeli.core import clock
from ozeli.network.enums import Audience
from ozeli.projects.enums import Cause, Role, State, Verdict
from ozeli.projects.models import Gate, Project, StageReport
from ozeli.projects.services import circuit, gates, stages
from tests.personas import Cast
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
WHY = "Les deux services veulent continuer avec nous."


@pytest.fixture
def project(people: Cast) -> Project:
    """At its first gate, carried by alice; bob writes with her."""
    return ProjectFactory(owner=people.alice, passed=2, team={Role.MEMBER: [people.bob]})


def send(client: Client, project: Project, tail: str, **said: Any) -> Any:
    return client.post(
        project.get_absolute_url() + tail, {"idempotency_key": str(uuid.uuid4())} | said, follow=False
    )


def text(response: Any) -> str:
    return str(response.content.decode())


def report(project: Project, number: int) -> StageReport:
    return StageReport.objects.get(project=project, stage__number=number)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_course_says_when_and_who(people: Cast, project: Project, sign_in: SignIn) -> None:
    stages.save_report(
        project, 1, {"failures": "Le questionnaire était long."}, actor=people.alice, version=1
    )
    gates.name_decider(
        project, 3, people.charlie, actor=people.alice, due_on=clock.today() + timedelta(days=3), version=1
    )

    page = text(sign_in(people.charlie).get(f"{project.get_absolute_url()}etapes/"))

    assert "Le questionnaire était long." in page and "Écrit par Alice Martin" in page
    assert "Décision attendue le" in page and "Charlie Martin" in page
    assert "Passer l’étape" not in page and "Écrire le bilan" not in page
    mine = text(sign_in(people.alice).get(f"{project.get_absolute_url()}etapes/"))
    assert "Voir le jalon" in mine and "Geler le projet" in mine
    member = text(sign_in(people.bob).get(f"{project.get_absolute_url()}etapes/"))
    assert "Voir le jalon" in member and "Geler le projet" not in member


def test_stages_passed_together_say_so(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    stages.pass_stages(project, [1, 2], actor=people.alice, note="Tout était prêt.")
    page = text(sign_in(people.alice).get(f"{project.get_absolute_url()}etapes/"))
    assert "avec l’étape\u00a02" in page and 'class="done grp"' in page and "Revenir sur le dernier" in page
    one = text(sign_in(people.alice).get(f"{project.get_absolute_url()}etapes/2/"))
    assert "avec l’étape\u00a01" in one and "Tout était prêt." in one


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.TO_LAUNCH, "pas encore lancé"),
        (State.FROZEN, "est gelé"),
        (State.ABANDONED, "est abandonné"),
        (State.COMPLETED, "est terminé"),
    ],
)
def test_the_course_says_where_the_project_stands(
    people: Cast, sign_in: SignIn, state: State, said: str
) -> None:
    project = ProjectFactory(owner=people.alice, state=state)
    assert said in text(sign_in(people.alice).get(f"{project.get_absolute_url()}etapes/"))


def test_a_whole_course_asks_for_what_follows(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, passed=7)
    for tail in ("etapes/", "etapes/passer/"):
        assert "Dire la suite" in text(sign_in(people.alice).get(project.get_absolute_url() + tail))


def test_a_late_stage_says_how_late(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice)
    StageReport.objects.filter(project=project).update(entered_on=clock.today() - timedelta(days=20))
    for tail in ("etapes/", "etapes/1/"):
        page = text(sign_in(people.bob).get(project.get_absolute_url() + tail))
        assert "5\u00a0jours de plus que prévu" in page


def test_a_report_shows_its_figures_and_methods(people: Cast, project: Project, sign_in: SignIn) -> None:
    said = {"budget_planned": Decimal(3000), "budget_spent": Decimal("1250.5"), "days_spent": Decimal("2.5")}
    data = {"done": "Deux ateliers", "near": ["entretiens"], "version": 1, "entered_on": "", "passed_on": ""}
    posted = (
        data | {name: str(value) for name, value in said.items()} | {"passed_on": clock.today().isoformat()}
    )
    assert send(sign_in(people.alice), project, "etapes/1/bilan/", **posted).status_code == 302

    page = text(sign_in(people.charlie).get(f"{project.get_absolute_url()}etapes/1/"))

    assert "1\u202f250,5\u00a0€ dépensés sur 3\u202f000\u00a0€ prévus" in page
    assert "2,5\u00a0j passés" in page and "/projets/methodes/entretiens/" in page


@pytest.mark.parametrize("tail", ["etapes/", "etapes/1/", "jalons/3/", "etapes/3/bilan/", "geler/"])
def test_what_one_may_not_see_is_not_there(people: Cast, sign_in: SignIn, tail: str) -> None:
    project = ProjectFactory(owner=people.alice, passed=2, audience=Audience.ORGANISATION)
    assert sign_in(people.bob).get(project.get_absolute_url() + tail).status_code == 404


@pytest.mark.parametrize("tail", ["etapes/8/", "etapes/0/", "etapes/8/bilan/", "jalons/8/", "jalons/4/"])
def test_no_page_for_a_stage_that_is_not(people: Cast, project: Project, sign_in: SignIn, tail: str) -> None:
    assert sign_in(people.alice).get(project.get_absolute_url() + tail).status_code == 404


@pytest.mark.parametrize(
    ("tail", "queries"), [("etapes/", 8), ("etapes/1/", 10), ("jalons/3/", 10), ("etapes/1/bilan/", 9)]
)
@pytest.mark.parametrize("passed", [3, 6])
def test_pages_ask_a_fixed_number_of_questions(
    people: Cast,
    sign_in: SignIn,
    django_assert_num_queries: Any,
    as_in_production: None,
    tail: str,
    queries: int,
    passed: int,
) -> None:
    project = ProjectFactory(owner=people.alice, passed=passed)
    for number in range(1, passed + 1):
        stages.save_report(project, number, {"done": "Fait"}, actor=people.alice, version=1)
    client = sign_in(people.alice)
    client.get(project.get_absolute_url() + tail)
    with django_assert_num_queries(queries):
        assert client.get(project.get_absolute_url() + tail).status_code == 200


# --- reports ----------------------------------------------------------------------------------------------------------


def test_two_owners_on_one_report_read_both_texts(people: Cast, project: Project, sign_in: SignIn) -> None:
    first = {"version": 1, "done": "Le texte d’Alice", "entered_on": ""}
    assert send(sign_in(people.alice), project, "etapes/3/bilan/", **first).status_code == 302

    second = first | {"done": "Le texte de Bob"}
    refused = send(sign_in(people.bob), project, "etapes/3/bilan/", **second)

    page = text(refused)
    assert refused.status_code == 409
    assert "Le texte d’Alice" in page and "Le texte de Bob</textarea>" in page
    assert report(project, 3).done == "Le texte d’Alice"
    again = second | {"version": refused.context["form"]["version"].value()}
    assert send(sign_in(people.bob), project, "etapes/3/bilan/", **again).status_code == 302
    assert report(project, 3).done == "Le texte de Bob"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"budget_spent": "-3"}, "n’est pas négatif"),
        ({"budget_planned": "900000000000"}, "100 millions"),
        ({"days_spent": "1e9"}, "nombre de jours"),
        ({"days_planned": "20001"}, "20\u202f000"),
        ({"entered_on": "2999-01-01"}, "à venir"),
        ({"entered_on": "hier"}, "Écrivez une date"),
        ({"passed_on": "2001-01-01"}, "avant le début"),
        ({"passed_on": ""}, "Donnez le jour"),
        ({"near": ["rien"]}, "rien"),
    ],
)
def test_a_report_that_cannot_be_keeps_what_was_typed(
    people: Cast, project: Project, sign_in: SignIn, said: dict[str, Any], message: str
) -> None:
    today = clock.today().isoformat()
    data = {"version": 1, "done": "Gardé quoi qu’il arrive", "entered_on": today, "passed_on": today} | said
    response = send(sign_in(people.alice), project, "etapes/1/bilan/", **data)
    assert response.status_code == 422
    assert message in text(response) and "Gardé quoi qu’il arrive" in text(response)
    assert not report(project, 1).is_told


def test_amounts_are_read_as_they_are_written(people: Cast, project: Project, sign_in: SignIn) -> None:
    data = {"version": 1, "budget_spent": "1\u202f250,50 €", "days_spent": "2,5"}
    assert send(sign_in(people.alice), project, "etapes/3/bilan/", **data).status_code == 302
    assert (report(project, 3).budget_spent, report(project, 3).days_spent) == (
        Decimal("1250.50"),
        Decimal("2.5"),
    )
    page = text(sign_in(people.alice).get(f"{project.get_absolute_url()}etapes/3/bilan/"))
    assert 'value="1250,5"' in page and 'value="2,5"' in page


def test_the_same_post_sent_five_times_is_one_report(people: Cast, project: Project, sign_in: SignIn) -> None:
    client, data = (
        sign_in(people.alice),
        {"version": 1, "done": "Une fois", "idempotency_key": str(uuid.uuid4())},
    )
    answers = [send(client, project, "etapes/3/bilan/", **data).status_code for _time in range(5)]
    assert answers == [302] * 5 and report(project, 3).version == 2


# --- passages ---------------------------------------------------------------------------------------------------------


def test_several_stages_are_passed_from_the_page(people: Cast, sign_in: SignIn) -> None:
    project, client = ProjectFactory(owner=people.alice), sign_in(people.alice)
    page = text(client.get(f"{project.get_absolute_url()}etapes/passer/"))
    assert "2\u00a0étapes en un geste" in page and "n’a pas encore de bilan" in page

    data = {"current": 1, "until": 2, "passed_on": clock.today().isoformat()}
    response = send(client, project, "etapes/passer/", **data)

    project.refresh_from_db()
    assert response.status_code == 302 and project.stage_number == 3
    assert "Votre projet en est à l’étape 3" in text(client.get(response.url))


def test_a_stage_passed_meanwhile_is_told(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, team={Role.MEMBER: [people.bob]})
    stages.pass_stages(project, [1], actor=people.bob)
    data = {"current": 1, "until": 1, "passed_on": clock.today().isoformat()}
    response = send(sign_in(people.alice), project, "etapes/passer/", **data)
    project.refresh_from_db()
    assert response.status_code == 409 and "quelqu’un vient de la passer" in text(response)
    assert project.stages_passed == 1


@pytest.mark.parametrize(
    "said", [{"passed_on": "2001-01-01"}, {"passed_on": "2999-01-01"}, {"until": "6"}, {"until": ""}]
)
def test_a_passage_that_cannot_be_is_refused(people: Cast, sign_in: SignIn, said: dict[str, str]) -> None:
    project = ProjectFactory(owner=people.alice)
    data = {"current": 1, "until": 1, "passed_on": clock.today().isoformat()} | said
    assert send(sign_in(people.alice), project, "etapes/passer/", **data).status_code == 422
    assert not project.passages.exists()


def test_a_gate_sends_to_its_decision(people: Cast, project: Project, sign_in: SignIn) -> None:
    page = text(sign_in(people.alice).get(f"{project.get_absolute_url()}etapes/passer/"))
    assert "est un jalon" in page and f"{project.get_absolute_url()}jalons/3/" in page
    circuit.move(project, "freeze", actor=people.alice, note=WHY, cause=Cause.TIME)
    assert "gardera sa place" in text(
        sign_in(people.alice).get(f"{project.get_absolute_url()}etapes/passer/")
    )


def test_a_passage_is_taken_back_from_the_page(people: Cast, sign_in: SignIn) -> None:
    project, client = ProjectFactory(owner=people.alice), sign_in(people.alice)
    first = stages.pass_stages(project, [1], actor=people.alice)
    assert "Poser le défi" in text(client.get(f"{project.get_absolute_url()}etapes/revenir/"))
    second = stages.pass_stages(project, [2], actor=people.alice)
    stale = send(client, project, "etapes/revenir/", passage=first.pk)
    assert stale.status_code == 409 and "Parties prenantes" in text(stale)
    assert send(client, project, "etapes/revenir/", passage=second.pk).status_code == 302
    with clock.stopped(clock.now() + timedelta(days=2)):
        client = sign_in(people.alice)
        assert send(client, project, "etapes/revenir/", passage=first.pk).status_code == 422
        said = {"passage": first.pk, "reason": "Le parrain s’est retiré depuis."}
        assert send(client, project, "etapes/revenir/", **said).status_code == 302
    project.refresh_from_db()
    assert project.stages_passed == 0
    client = sign_in(people.alice)
    assert "n’est à reprendre" in text(client.get(f"{project.get_absolute_url()}etapes/revenir/"))
    assert send(client, project, "etapes/revenir/", passage=first.pk).status_code == 409


# --- gates ------------------------------------------------------------------------------------------------------------


def test_a_gate_is_prepared_then_decided(people: Cast, project: Project, sign_in: SignIn) -> None:
    alice, bob_page = sign_in(people.alice), f"{project.get_absolute_url()}jalons/3/"
    said = {"geste": "criteres", "version": 1, "criteria": "Moins de 10 % des agents"}
    assert send(alice, project, "jalons/3/", **said).status_code == 302
    said = {"geste": "nommer", "version": 2, "decider": "Charlie Martin", "due_on": clock.today().isoformat()}
    assert send(alice, project, "jalons/3/", **said).status_code == 302
    assert "Votre décision" not in text(alice.get(bob_page))

    charlie = sign_in(people.charlie)
    page = text(charlie.get(bob_page))
    assert "Votre décision" in page and "Moins de 10 % des agents" in page and "avant la décision" in page
    said = {"geste": "decider", "round": 1, "version": 3, "verdict": "go", "reason": WHY}
    assert send(charlie, project, "jalons/3/", **said).status_code == 302

    project.refresh_from_db()
    decided = text(charlie.get(bob_page))
    assert project.stage_number == 4 and WHY in decided and "Moins de 10 % des agents" in decided


def test_the_second_decision_reads_the_first(people: Cast, project: Project, sign_in: SignIn) -> None:
    gates.decide(gates.of(project, 3), Verdict.GO, actor=people.rita, reason=WHY, version=1)
    said = {"round": 1, "version": 1, "verdict": "no_go", "cause": "budget", "lesson": "Prévoir plus large."}
    mine = {"geste": "decider", "reason": "Mes mots à moi, bien pesés."} | said
    response = send(sign_in(people.nora), project, "jalons/3/", **mine)
    page = text(response)
    assert response.status_code == 409
    assert "Rita Martin a décidé" in page and WHY in page and "Mes mots à moi, bien pesés." in page
    project.refresh_from_db()
    assert project.state == State.UNDER_WAY


def test_criteria_changed_meanwhile_are_read_before_deciding(
    people: Cast, project: Project, sign_in: SignIn
) -> None:
    gates.write_criteria(project, 3, "Moins de 10 %", actor=people.alice, version=1)
    said = {"geste": "decider", "round": 1, "version": 1, "verdict": "go", "reason": WHY}
    response = send(sign_in(people.rita), project, "jalons/3/", **said)
    assert response.status_code == 409 and "Moins de 10 %" in text(response) and WHY in text(response)
    said["version"] = response.context["forms"]["decider"]["version"].value()
    assert send(sign_in(people.rita), project, "jalons/3/", **said).status_code == 302


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, "Choisissez"),
        ({"verdict": "go"}, "Donnez la raison"),
        ({"verdict": "go", "reason": "oui"}, "Donnez la raison"),
        ({"verdict": "continue", "reason": WHY}, "redéciderez"),
        ({"verdict": "continue", "reason": WHY, "next_due_on": "2001-01-01"}, "à venir"),
        ({"verdict": "no_go", "reason": WHY}, "apprendre"),
    ],
)
def test_a_decision_says_what_it_lacks(
    people: Cast, project: Project, sign_in: SignIn, said: dict[str, str], missing: str
) -> None:
    data = {"geste": "decider", "round": 1, "version": 1} | said
    response = send(sign_in(people.rita), project, "jalons/3/", **data)
    assert response.status_code == 422 and missing in text(response)
    assert not Gate.objects.filter(verdict__gt="").exists()


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("no_go", {"cause": "legal", "lesson": "Demander l’accord avant."}), ("continue", {}), ("go", {})],
)
def test_each_verdict_says_what_it_brings(
    people: Cast, project: Project, sign_in: SignIn, verdict: str, said: dict[str, str]
) -> None:
    rita, day = sign_in(people.rita), (clock.today() + timedelta(days=9)).isoformat()
    data = {"geste": "decider", "round": 1, "version": 1, "verdict": verdict, "reason": WHY}
    response = send(rita, project, "jalons/3/", **data, next_due_on=day, **said)
    told = {"no_go": "Le projet s’arrête ici", "continue": "Vous redécidez", "go": "L’étape est passée"}
    page = text(rita.get(response.url))
    assert told[verdict] in page and WHY in page
    assert ("<dt>Pourquoi</dt><dd>Cadre juridique</dd>" in page) == (verdict == "no_go")


def test_a_gate_ahead_is_decided_before_the_team_comes_to_it(people: Cast, sign_in: SignIn) -> None:
    project = ProjectFactory(owner=people.alice, passed=1)
    data = {"geste": "decider", "round": 1, "version": 1, "verdict": "go", "reason": WHY}
    rita = sign_in(people.rita)
    assert "quand elle y sera" in text(rita.get(send(rita, project, "jalons/3/", **data).url))
    assert "Un autre jalon se décide avant" not in text(rita.get(f"{project.get_absolute_url()}jalons/7/"))


@pytest.mark.parametrize(
    ("who", "act", "status"),
    [
        ("alice", "decider", 403),
        ("charlie", "nommer", 403),
        ("charlie", "criteres", 403),
        ("alice", "autre", 404),
        ("alice", "nommer", 422),
    ],
)
def test_each_writes_their_own_part(
    people: Cast, project: Project, sign_in: SignIn, who: str, act: str, status: int
) -> None:
    data = {"geste": act, "version": 1, "decider": "Personne d’Inconnu"}
    assert send(sign_in(getattr(people, who)), project, "jalons/3/", **data).status_code == status


def test_a_decider_of_the_team_is_refused_near_the_field(
    people: Cast, project: Project, sign_in: SignIn
) -> None:
    data = {"geste": "nommer", "version": 1, "decider": "Bob Martin"}
    response = send(sign_in(people.alice), project, "jalons/3/", **data)
    assert response.status_code == 422 and "extérieur à l’équipe" in text(response)


@pytest.mark.parametrize(
    ("state", "said"), [(State.FROZEN, "une fois"), (State.COMPLETED, "ne se décide plus")]
)
def test_a_gate_of_a_still_project_explains_itself(
    people: Cast, sign_in: SignIn, state: State, said: str
) -> None:
    project = ProjectFactory(owner=people.alice, passed=2, state=state)
    page = text(sign_in(people.rita).get(f"{project.get_absolute_url()}jalons/3/"))
    assert said in page and "Votre décision" not in page
