"""Every form is ours or it is refused; every text is shown as text."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from ozeli.accounts.models import User
from ozeli.activity.letters import compose
from ozeli.activity.models import Event, OutgoingMail
from ozeli.activity.tasks import fan_out
from ozeli.core import clock
from ozeli.core.idempotency import FIELD
from ozeli.engagement.services import set_tags
from ozeli.ideas.enums import State
from ozeli.ideas.models import KIND, Idea, IdeaDraft, IdeaExpert, RevivalRequest
from ozeli.ideas.services import circuit, voices
from ozeli.ideas.services.decisions import publish_decision
from ozeli.search.services import index_objects
from tests.factories import ANSWER, CommentFactory, DecisionFactory, IdeaFactory, OrganisationFactory
from tests.guards.table import TABLE
from tests.guards.test_permissions import World, world  # noqa: F401 (a fixture)
from tests.personas import Cast

SignIn = Callable[[User | None], Client]
# A mail program sends it: its address is signed, and is all that it can do.
SIGNED_ADDRESS = "courriels/arreter/<str:token>/"
POSTS = [route for route, row in TABLE.items() if "POST" in row.methods and route != SIGNED_ADDRESS]


@pytest.mark.parametrize("route", POSTS)
def test_a_post_without_our_token_is_refused(route: str, world: World) -> None:  # noqa: F811
    row, cross = TABLE[route], {"Origin": "https://ailleurs.example", "Sec-Fetch-Site": "cross-site"}
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people.sonia, backend=settings.AUTHENTICATION_BACKENDS[0])
    token = _token(client)
    fields = {FIELD: str(uuid4()), **row.data(world)}

    assert client.post(row.path(world), fields).status_code == 403
    assert client.post(row.path(world), fields | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    with_token = fields | {"csrfmiddlewaretoken": token}
    assert client.post(row.path(world), with_token, headers=cross).status_code == 403
    assert client.post(row.path(world), with_token).status_code != 403 or "=403" in row.methods["POST"]


def _token(client: Client) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/moi/").content.decode())
    assert found
    return found[1]


TAG = "<svg/onload=alert(1)>"
PAYLOAD = f"{TAG}\"'`</textarea></title>{{{{7*7}}}}"
PAGES = (
    "/", "/idees/", "/idees/?tri=soutenues", "/mes-idees/", "/cimetiere/", "/animation/", "/animation/decisions/",
    "/animation/?file=relances", "/notifications/", "/recherche/?q=onload", "/administration/personnes/",
    "/administration/journal/", "/administration/matrice/", "/organismes/", "/moi/", "/idees/deposer/",
)  # fmt: skip


@pytest.fixture
def hostile(people: Cast) -> list[Idea]:
    """Markup in every text that somebody may write."""
    people.alice.display_name = people.alice.job_family = f"{TAG}Alice"
    people.alice.save()
    OrganisationFactory(code="corps", name=f"{TAG}Corps")
    words = dict.fromkeys(("title", "problem", "proposal", "benefit", "beneficiaries"), PAYLOAD)
    states = (State.DEPOSITED, State.TO_COMPLETE, State.UNDER_STUDY, State.NOT_RETAINED, State.RETAINED)
    ideas = [IdeaFactory(author=people.alice, state=state, **words) for state in states]
    for idea in ideas:
        set_tags(KIND, idea.pk, [TAG])
        CommentFactory(idea=idea, author=people.alice, body=PAYLOAD)
        idea.moves.create(
            transition="ask_completion",
            source="deposited",
            target="to_complete",
            round=1,
            made_on=clock.today(),
            note=PAYLOAD,
        )
    IdeaDraft.objects.create(
        owner=people.sonia, fields={"problem": PAYLOAD, "title": PAYLOAD}, saved_at=clock.now()
    )
    IdeaExpert.objects.create(idea=ideas[2], user=people.sonia, asked_on=clock.today(), opinion=PAYLOAD)
    DecisionFactory(idea=ideas[2], answer=f"{PAYLOAD} {ANSWER}", prepared_by=people.nora)
    RevivalRequest.objects.create(
        idea=ideas[3], round=1, user=people.alice, message=PAYLOAD, asked_on=clock.today()
    )
    index_objects(KIND, [idea.pk for idea in ideas])
    return ideas


def test_markup_is_shown_and_never_run(sign_in: SignIn, people: Cast, hostile: list[Idea]) -> None:
    sonia = sign_in(people.sonia)
    draft = IdeaDraft.objects.get()
    paths = [
        *PAGES,
        *(idea.get_absolute_url() for idea in hostile),
        *(f"/animation/{idea.short}/" for idea in hostile),
        f"/animation/{hostile[2].short}/decision/",
        f"{hostile[2].get_absolute_url()}avis/",
        f"{hostile[3].get_absolute_url()}relance/",
        f"/animation/relances/{RevivalRequest.objects.get().pk}/",
        f"/administration/personnes/{people.alice.pk}/",
        f"/idees/deposer/?brouillon={draft.pk}",
        "/organismes/corps/",
        *(
            f"{path}{TAG}"
            for path in ("/recherche/?q=", "/cimetiere/?mots=", "/outils/?q=", "/organismes/?q=")
        ),
        *(
            f"{path}{TAG}"
            for path in ("/idees/?organisme=", "/administration/personnes/?nom=", "/connexion/?next=")
        ),
    ]
    shown = 0
    for path in paths:
        page = sonia.get(path, follow=True).content.decode()
        assert "<svg/onload" not in page, path
        assert "49" not in re.findall(r"</title>(\d+)", page), path
        shown += "&lt;svg/onload" in page
    assert shown > 20


def test_markup_goes_nowhere_by_mail_and_json(sign_in: SignIn, people: Cast, hostile: list[Idea]) -> None:
    voices.comment(hostile[0], author=people.bob, body=PAYLOAD)
    circuit.open_debate(hostile[0], actor=people.nora, note=PAYLOAD)
    publish_decision(hostile[2].decisions.get(), actor=people.nora, version=1)
    for event in Event.objects.all():
        fan_out(event_id=event.pk)
    mails = [compose(mail) for mail in OutgoingMail.objects.select_related("event", "user")]
    answer = sign_in(people.rita).get("/animation/personnes/?q=svg")

    assert mails
    for mail in mails:
        html, _kind = mail.alternatives[0]
        assert "<svg/onload" not in html
        assert "\n" not in mail.subject
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture(autouse=True)
def no_remembered_attempt(db: None) -> None:
    cache.clear()
