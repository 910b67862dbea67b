"""The whole story for real: two people sign in, one signs an idea, the other goes to the airlock with all her marks."""

import json
from dataclasses import dataclass, field

from tests.infra.processes import eventually

from . import proxy
from .browser import Browser, Page
from .canaries import Canary, Identity, identity, needles
from .images import capture, photograph
from .installation import OZELI, Installation, answers
from .scan import Findings, scan
from .stage import PASSWORD

TITLE = "Casier commun de l’accueil Quintefeuille"
GIVEN_UP = "xylothérapie brindezingue"
# Those words as they are, and as the search cuts them.
DRAFT = [Canary("draft", word) for word in (*GIVEN_UP.split(), "xylotherap", "brindezing")]
MESSAGE = "Je précise : le casier du premier étage, Quintefeuille."
BATCH = 4
NORA = {"mail": "nora@exemple.test", "name": "Nora Martin", "profile": "contributor"}
PAUL = {"mail": "paul@exemple.test", "name": "Paul Martin"}
WORDS = {
    "problem": "Les documents se perdent entre deux services, chaque semaine, à Quintefeuille.",
    "beneficiaries": "Les personnes reçues à l’accueil.",
    "proposal": "Un casier commun, relevé chaque matin par une personne de chaque service.",
    "benefit": "Moins de trajets.",
}


@dataclass
class Scene:
    installation: Installation
    anonymous: Identity
    signed: Identity
    browser: Browser
    receipt: str = ""
    start: int = 0
    before: Findings = field(default_factory=Findings)
    after: Findings = field(default_factory=Findings)
    right_after: Findings = field(default_factory=Findings)
    pages: list[Page] = field(default_factory=list)

    def keys(self) -> list[bytes]:
        home = self.installation.home
        return [(home / "secret_key").read_bytes(), (home / "airlock" / "pepper").read_bytes()]

    def look_for(self, person: Identity) -> Findings:
        return scan(self.installation.places(self.start), needles(person.canaries(), self.keys()))


def play(installation: Installation) -> Scene:
    """From the sign-in to the answer read with the receipt; scanned just before the first step in the airlock."""
    scene = Scene(installation, identity("anonymous", 1), identity("signed", 2), Browser())
    people = [
        {"number": p.number, "mail": p.mail, "name": p.display_name} for p in (scene.anonymous, scene.signed)
    ]
    installation.stage("seed", json.dumps([*people, NORA, PAUL]))
    serve(installation)
    scene.browser = sign_in(installation, scene.anonymous)
    scene.browser.get(f"{installation.portal}/idees/deposer/")
    deposit_signed(installation, sign_in(installation, scene.signed))
    scene.start = installation.lsn()
    deposit_anonymously(scene)
    return scene


def serve(installation: Installation) -> None:
    ports = installation.ports
    installation.start(
        *OZELI,
        "serve",
        "--port",
        str(ports["portal"]),
        "--airlock-port",
        str(ports["airlock"]),
        "--workers",
        "1",
    )
    eventually(
        lambda: answers(f"http://127.0.0.1:{ports['portal']}/readyz"), seconds=60, what="the portal answers"
    )
    if installation.has_proxy:
        proxy.start(installation)
    eventually(lambda: answers(f"{installation.airlock}/"), seconds=60, what="the airlock answers")


def sign_in(installation: Installation, person: Identity) -> Browser:
    browser = Browser(person)
    page = browser.get(f"{installation.portal}/connexion/")
    page = browser.submit(page, page.form("login", "password"), {"login": person.mail, "password": PASSWORD})
    assert person.display_name in browser.get(f"{installation.portal}/moi/").text
    person.learn("cookies", *browser.cookies.values())
    return browser


def deposit_signed(installation: Installation, browser: Browser) -> None:
    """The control: the same words and images, on the portal."""
    page = browser.get(f"{installation.portal}/idees/deposer/")
    form = page.form("problem")
    said = WORDS | {"file_description": "Le casier"}
    page = browser.submit(
        page, form, said, {"file": photograph(_person(browser))}, button=("geste", "joindre")
    )
    page = browser.submit(page, page.form("problem"), WORDS)
    page = browser.submit(page, page.form("title"), {"title": "Idée signée de Quintefeuille"})
    assert "/idees/" in page.url, (page.url, page.status, page.said[:1500])


def _person(browser: Browser) -> Identity:
    assert browser.person is not None
    return browser.person


def deposit_anonymously(scene: Scene) -> None:
    """Everything that a person may do there, mistakes included, with a browser that says all it knows."""
    installation, browser = scene.installation, scene.browser
    scene.before = scene.look_for(scene.anonymous)
    scene.pages.append(browser.get(f"{installation.airlock}/"))
    scene.receipt = leave(scene, browser, TITLE)
    scene.anonymous.learn(
        "receipt", scene.receipt, scene.receipt.replace(" ", ""), scene.receipt.replace(" ", "-")
    )
    stumble(scene)
    give_up(scene)
    for number in range(BATCH - 1):
        leave(scene, Browser(), f"Autre idée {number} de Quintefeuille")
    release(installation)
    publish(installation)
    talk(scene)


def leave(scene: Scene, browser: Browser, title: str) -> str:
    """One deposit, page after page; the receipt."""
    page = browser.get(f"{scene.installation.airlock}/deposer/")
    form = page.form("problem", "proposal")
    files = {}
    if browser.person is not None:
        files = dict(zip(form.files, (photograph(browser.person), capture(browser.person)), strict=False))
    described = {name: "Le casier de l’accueil" for name in form.free if "description" in name}
    page = browser.submit(page, form, WORDS | (described if files else {}), files)
    scene.pages.append(page)
    page = browser.submit(page, page.form("title", "ticket"), {"title": title})
    scene.pages.append(page)
    code = page.text.partition('class="sas-code">')[2].partition("<")[0].strip()
    assert code, page.said[:2000]
    page = browser.submit(page, page.form("fin"), {"fin": code[-5:]})
    scene.pages.append(page)
    return code


def stumble(scene: Scene) -> None:
    """Wrong turns, each of them carrying the canaries."""
    installation, browser, person = scene.installation, scene.browser, scene.anonymous
    door = installation.airlock
    for method, url, body, headers in (
        ("GET", f"{door}/{person.bearer}", b"", {}),
        ("GET", f"{door}/?defi={person.bearer}&mel={person.mail}", b"", {}),
        (
            "POST",
            f"{door}/deposer/",
            person.mail.encode(),
            {"Content-Type": "multipart/form-data; boundary=x"},
        ),
        ("POST", f"{door}/deposer/", f"problem={person.bearer}".encode(), {}),
        ("POST", f"{door}/suivre/", f"code={person.bearer}".encode(), {}),
        ("POST", f"{door}/relire/", b"\xff\xfe" + person.mail.encode(), {}),
        ("PUT", f"{door}/deposer/", person.mail.encode(), {}),
        ("GET", f"{door}/", b"", {"Host": person.mail.partition("@")[2]}),
        ("GET", f"{door}/{person.bearer * 40}", b"", {}),
        ("GET", f"{door}/", b"", {"X-Long": person.bearer * 2000}),
        ("POST", f"{door}/deposer/", person.mail.encode(), {"Content-Length": "99999999"}),
    ):
        page = browser.send(method, url, body, headers)
        scene.pages.append(page)


def give_up(scene: Scene) -> None:
    """Type, read again, leave: nothing was deposited, so nothing is to stay, even for a moment."""
    page = scene.browser.get(f"{scene.installation.airlock}/deposer/")
    said = WORDS | {name: f"{words} {GIVEN_UP}" for name, words in WORDS.items()}
    page = scene.browser.submit(page, page.form("problem", "proposal"), said)
    assert page.form("title", "ticket")
    scene.pages.append(page)
    scene.right_after = scan(scene.installation.places(scene.start), needles(DRAFT))


def release(installation: Installation) -> None:
    """By the worker, as every ten minutes."""
    held = "select count(*) from airlock_deposit"
    with installation.connect() as base:
        before = base.execute(held).fetchone()
        installation.stage("release")
        eventually(
            lambda: base.execute(held).fetchone() != before, seconds=60, what="the batch is in the base"
        )


def publish(installation: Installation) -> None:
    """By the person who reads what waits; somebody who follows these ideas is told by mail."""
    installation.stage("publish", json.dumps([NORA["mail"], PAUL["mail"]]))
    sink = installation.sink
    eventually(lambda: len(sink.received) >= BATCH, seconds=60, what="mails left")


def talk(scene: Scene) -> None:
    """Back with the receipt: read, write, wait for the batch, read the answer."""
    page = scene.browser.get(f"{scene.installation.airlock}/suivre/")
    page = scene.browser.submit(page, page.form("code"), {"code": scene.receipt})
    assert TITLE in page.said, page.said[:1500]
    scene.pages.append(page)
    page = scene.browser.submit(page, page.form("body"), {"body": MESSAGE})
    assert page.status == 200, page.said[:1500]
    scene.pages.append(page)
    for number in range(BATCH):
        leave(scene, Browser(), f"Encore une idée {number} de Quintefeuille")
    release(scene.installation)
