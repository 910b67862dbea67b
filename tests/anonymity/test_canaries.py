"""Nothing of the one who deposits is anywhere: base, raw files, WAL, logs of every process, mails, files, urn.

A real installation plays the whole story. Three controls make « 0 » mean something: the scanner is proven apart, the
same scan finds who signed an idea, and a naive deposit by the same browser is seen in each of its marks.
"""

from collections.abc import Iterator

import pytest

from . import naive, proxy
from .canaries import Canary, needles
from .images import photograph
from .installation import installed
from .scan import Findings, scan
from .scene import BATCH, DRAFT, MESSAGE, TITLE, Scene, play

pytestmark = pytest.mark.infra

# Of somebody who signs: the rest is only sent by careless neighbours, or is taken off the images.
OF_WHO_SIGNS = {"account", "mail", "name", "cookies", "file_name"}
OF_WHO_SIGNS_IN_LOGS = {"address", "peer", "agent", "languages", "referer", "bearer"}
# The classes of places, each of which has to have been read.
PLACES = {
    "dump": "dump/public.ideas_idea",
    "raw files": "var/postgresql/data/base/",
    "WAL": "wal/",
    "statistics": "view/pg_stat_activity",
    "log of the database": "var/postgresql/server.log",
    "outputs of the processes": "said",
    "urn": "var/airlock/urn",
    "media": "var/files/kept/",
    "mails": "mail/",
}
PLACES_WITH_PROXY = {
    "log of the proxy": "nginx/logs/portal.log",
    "errors of the proxy": "nginx/logs/error.log",
}


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with installed(has_proxy=proxy.is_there(), OZELI_AIRLOCK_BATCH=str(BATCH)) as installation:
        played = play(installation)
        played.after = played.look_for(played.anonymous)
        yield played


def test_the_deposit_went_all_the_way(scene: Scene) -> None:
    """What was written is where it should be: the scan looks at the right installation, at the right time."""
    words = needles([Canary("title", TITLE), Canary("message", MESSAGE)])
    found = scan(scene.installation.places(scene.start), words)
    assert "dump/public.ideas_idea" in found.places("title")
    assert any(place.startswith("var/postgresql/data/base/") for place in found.places("title"))
    assert any(place.startswith("wal/") for place in found.places("title"))
    assert any(place.startswith("mail/") for place in found.places("title"))
    assert "dump/public.airlock_airlockmessage" in found.places("message")


def test_every_place_was_read(scene: Scene) -> None:
    wanted = PLACES | (PLACES_WITH_PROXY if scene.installation.has_proxy else {})
    read = {
        name: sum(size for place, size in scene.after.examined.items() if place.startswith(start))
        for name, start in wanted.items()
    }
    assert all(read.values()), read
    assert sum(scene.after.examined.values()) > 20_000_000
    assert len(scene.after.examined) > 500


def test_nothing_of_the_depositor_is_anywhere(scene: Scene) -> None:
    kinds = {canary.kind for canary in scene.anonymous.canaries()}
    assert len(kinds) >= 15
    assert "receipt" in kinds
    assert scene.after.since(scene.before) == {}


def test_a_text_that_was_not_deposited_is_nowhere(scene: Scene) -> None:
    """Looked for right after it was typed: in the urn, and in what the server tells of its own activity."""
    assert scan(scene.installation.places(scene.start), needles(DRAFT)).hits == {}
    assert scene.right_after.hits == {}


def test_the_pepper_is_nowhere_but_in_its_file(scene: Scene) -> None:
    pepper = (scene.installation.home / "airlock" / "pepper").read_text()
    found = scan(scene.installation.places(), needles([Canary("pepper", pepper)]))
    assert set(found.hits) == {("var/airlock/pepper", "pepper")}


def test_no_answer_of_the_airlock_says_or_keeps_anything(scene: Scene) -> None:
    """Neither cookie, nor a word of who asks, on good pages and on wrong turns."""
    mine = [canary for canary in scene.anonymous.canaries() if canary.kind not in ("receipt", "cookies")]
    said = scan(
        [(page.url, page.content + repr(page.headers).encode()) for page in scene.pages], needles(mine)
    )

    assert len(scene.pages) > 15
    assert {page.status for page in scene.pages} >= {200, 403, 404, 405}
    assert not [page.url for page in scene.pages if page.header("Set-Cookie")]
    assert said.hits == {}


def test_control_the_same_scan_finds_who_signed(scene: Scene) -> None:
    found = scene.look_for(scene.signed).kinds()
    wanted = OF_WHO_SIGNS | (OF_WHO_SIGNS_IN_LOGS if scene.installation.has_proxy else set())

    assert len(found & wanted) >= 0.95 * len(wanted), wanted - found
    assert {"metadata", "place"}.isdisjoint(found), "images are made anew there too"


@pytest.fixture(scope="module")
def naively(scene: Scene) -> dict[tuple[str, str], str]:
    """What the same browser leaves in a naive airlock, beside all that was there."""
    with naive.serving(scene.installation) as url:
        page = scene.browser.get(f"{scene.installation.portal}/idees/deposer/")
        form = page.form("problem")
        page.url, form.action = url, "/"
        before = scene.look_for(scene.anonymous)
        given = scene.browser.submit(
            page, form, {"proposal": "Un casier"}, {"file": photograph(scene.anonymous)}
        )
    assert given.status == 200, given.text
    scene.anonymous.learn("receipt", given.text)
    return scene.look_for(scene.anonymous).since(before)


MARKS = "account mail name address peer agent languages referer sign_on bearer cookies file_name metadata place receipt"


@pytest.mark.parametrize("kind", MARKS.split())
def test_control_a_naive_deposit_shows(kind: str, naively: dict[tuple[str, str], str]) -> None:
    assert kind in {found for _place, found in naively}


@pytest.mark.parametrize("place", ["dump/", "var/postgresql/data/base/", "wal/", "var/postgresql/server.log"])
def test_control_a_naive_deposit_is_seen_in_the_base(place: str, naively: dict[tuple[str, str], str]) -> None:
    assert any(found.startswith(place) and kind == "mail" for found, kind in naively)


@pytest.mark.parametrize("place", ["var/log/sas.log", "var/files/naive/", "mail/"])
def test_control_a_naive_deposit_is_seen_around(place: str, naively: dict[tuple[str, str], str]) -> None:
    assert any(found.startswith(place) for found, _kind in naively)


def test_control_a_proxy_that_logs_the_airlock_would_be_seen(scene: Scene) -> None:
    """With the logs that our configuration turns off, the same visits would be there."""
    if not scene.installation.has_proxy:
        pytest.skip("nginx is not installed")
    before = scene.look_for(scene.anonymous)
    with proxy.loud(scene.installation) as address:
        scene.browser.get(f"{address}/", Host=f"localhost:{scene.installation.ports['airlock_proxy']}")
    shown = {kind for _place, kind in scene.look_for(scene.anonymous).since(before)}
    assert {"agent", "referer", "peer"} <= shown


def test_findings_tell_what_is_new() -> None:
    before, after = Findings(), Findings()
    after.hits["log", "mail"] += 2
    after.shapes["log", "mail"] = {"utf-8"}
    before.hits["log", "mail"] += 1
    assert after.since(before) == {("log", "mail"): "1 × utf-8"}
    assert after.since(after) == {}
