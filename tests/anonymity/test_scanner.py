"""The scanner itself: each mark of a person is found in each shape and each wrapping. Otherwise « 0 » says nothing."""

import base64
import gzip
import io
import zipfile
import zlib

import pytest

from .canaries import identity, needles
from .images import capture, photograph
from .scan import scan

ALICE, BOB = identity("alice", 1), identity("bob", 2)
KEYS = [b"secret key", b"pepper"]
SECRET = f"Une ligne\nde {ALICE.mail}\0et sa suite".encode()


def test_every_kind_is_found_in_every_shape_where_it_is() -> None:
    wanted = needles(ALICE.canaries(), KEYS)
    around = b"avant\n\0\xff%s\xfe\n\0apres"
    places = [(f"place {number}", around % needle) for number, needle in enumerate(wanted)]
    found = scan(places, wanted)

    for number, (kind, shape) in enumerate(wanted.values()):
        assert (f"place {number}", kind) in found.hits, (kind, shape)
    assert len({shape for _kind, shape in wanted.values()}) > 100


def test_nobody_is_taken_for_another() -> None:
    assert not set(needles(ALICE.canaries(), KEYS)) & set(needles(BOB.canaries(), KEYS))
    everything_of_bob = b"\n".join(needles(BOB.canaries(), KEYS))
    assert scan([("bob", everything_of_bob)], needles(ALICE.canaries(), KEYS)).hits == {}


def _zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dedans.txt", SECRET)
    return held.getvalue()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda: SECRET,
        lambda: gzip.compress(SECRET),
        lambda: zlib.compress(SECRET, 1),
        lambda: zlib.compress(SECRET, 9),
        lambda: gzip.compress(zlib.compress(SECRET)),
        _zipped,
        lambda: b"x" + base64.b64encode(b"a" + SECRET),
        lambda: b"x" + base64.b64encode(b"ab" + SECRET),
        lambda: b"x" + base64.urlsafe_b64encode(b"abc" + SECRET),
        lambda: b"\0" * 5000 + b"\n" + SECRET,
    ],
    ids=[
        "plain",
        "gzip",
        "zlib-fast",
        "zlib-best",
        "twice",
        "zip",
        "base64-1",
        "base64-2",
        "base64-3",
        "sparse",
    ],
)
def test_what_is_wrapped_is_unfolded(wrap: object) -> None:
    content = b"avant" * 100 + wrap() + b"apres" * 30_000
    assert scan([("here", content)], needles(ALICE.canaries())).kinds() == {"mail"}


def test_a_photograph_tells_who_and_where() -> None:
    """Each pocket of a file, before anything cleans it."""
    _name, _type, content = photograph(ALICE)
    assert scan([("jpeg", content)], needles(ALICE.canaries())).kinds() >= {"metadata", "place"}
    _name, _type, content = capture(ALICE)
    found = scan([("png", content)], needles(ALICE.canaries()))
    assert found.kinds() >= {"metadata", "place"}
    assert found.hits["png", "metadata"] >= 3  # plain, zTXt, iTXt
