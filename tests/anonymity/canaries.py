"""What would betray a person, made recognisable, and every shape in which it could be kept.

A canary is a value that exists nowhere else: found after a deposit, it was taken from the one who deposited.
"""

import base64
import codecs
import hashlib
import hmac
import html
import json
import quopri
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote

SHORTEST = 8  # bytes: anything less is met by chance in a hundred million bytes
DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256")


@dataclass(frozen=True)
class Canary:
    """A value of one `kind`, as text; `raw` are its other shapes in bytes (an address, a number)."""

    kind: str
    text: str
    raw: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Identity:
    """Everything that one browser says of the person in front of it. `number` is the key of the account."""

    name: str
    number: int
    mail: str
    display_name: str
    address: str
    peer: str
    agent: str
    languages: str
    referer: str
    sign_on: str
    bearer: str
    file_name: str
    metadata: str
    place: tuple[int, int]
    found: list[Canary] = field(default_factory=list, compare=False)

    def canaries(self) -> list[Canary]:
        """With what was learned on the way: the cookies, the receipt."""
        return [
            Canary("account", str(self.number), _number(self.number)),
            Canary("mail", self.mail),
            Canary("name", self.display_name),
            Canary("address", self.address, (ip_address(self.address).packed,)),
            Canary("peer", self.peer),
            Canary("agent", self.agent),
            Canary("languages", self.languages),
            Canary("referer", self.referer),
            Canary("sign_on", self.sign_on),
            Canary("bearer", self.bearer),
            Canary("file_name", self.file_name),
            Canary("metadata", self.metadata),
            Canary("place", str(self.place[0]), _rational(*self.place)),
            *self.found,
        ]

    def learn(self, kind: str, *values: str) -> None:
        self.found.extend(Canary(kind, value) for value in values if len(value) >= SHORTEST)

    def headers(self) -> dict[str, str]:
        """What the browser, a careless proxy and a single sign-on would send with each request."""
        return {
            "User-Agent": self.agent,
            "Accept-Language": self.languages,
            "Referer": self.referer,
            "X-Forwarded-For": self.address,
            "X-Real-IP": self.address,
            "Forwarded": f'for="[{self.address}]"',
            "Remote-User": self.sign_on,
            "X-Remote-User": self.sign_on,
            "X-Forwarded-User": self.sign_on,
            "X-Forwarded-Email": self.mail,
            "X-SSL-Client-S-DN": f"CN={self.sign_on}",
            "Authorization": f"Bearer {self.bearer}",
            "X-Request-ID": self.bearer,
        }


def identity(name: str, seed: int) -> Identity:
    """A person whose every mark is hers alone: two seeds share none."""
    mark = hashlib.sha256(f"canary {name} {seed}".encode()).hexdigest()
    return Identity(
        name=name,
        number=7_000_000_000_000_000 + int(mark[:12], 16) % 999_999_999_999_999,
        mail=f"mel-{mark[12:20]}@canari-{mark[20:26]}.test",
        display_name=f"Zoé Prénom-{mark[4:12].title()} Nôm{mark[30:36]}",
        address=f"2001:db8:{mark[0:4]}:{mark[8:12]}:{mark[16:20]}:{mark[24:28]}:{mark[32:36]}:{mark[40:44]}",
        peer=f"127.{100 + seed}.{101 + int(mark[2:4], 16) % 100}.{101 + int(mark[4:6], 16) % 100}",
        agent=f"Navigateur-{mark[36:44]}/1.0 (poste {mark[44:50]})",
        languages=f"fr-x-{mark[50:58]},fr;q=0.7",
        referer=f"http://intranet-{mark[6:14]}.test/bureau/{mark[14:20]}",
        sign_on=f"agent.{mark[24:34]}",
        bearer=f"jeton{mark[2:26]}",
        file_name=f"photo-{mark[40:50]}-bureau",
        metadata=f"Appareil {mark[51:61]}",
        place=(730_000_000 + int(mark[:6], 16), 1_000_003),
    )


def _number(value: int) -> tuple[bytes, ...]:
    """As a column of eight bytes, as in hexadecimal, as a UUID."""
    packed = value.to_bytes(8, "big")
    return packed, packed[::-1], f"{value:x}".encode(), str(uuid.UUID(int=value)).encode()


def _rational(top: int, bottom: int) -> tuple[bytes, ...]:
    """A coordinate as EXIF keeps it, in both byte orders."""
    return tuple(top.to_bytes(4, order) + bottom.to_bytes(4, order) for order in ("big", "little"))


def needles(canaries: Iterable[Canary], keys: Iterable[bytes] = ()) -> dict[bytes, tuple[str, str]]:
    """Every sequence of bytes to look for, with the kind it betrays and the shape's name.

    `keys` are the secrets of the installation, with which a value could have been hidden.
    """
    known = [b"", *keys]
    found: dict[bytes, tuple[str, str]] = {}
    for canary in canaries:
        for shape, value in _shapes(canary, known):
            if len(value) >= SHORTEST:
                found.setdefault(value, (canary.kind, shape))
    return found


def _shapes(canary: Canary, keys: list[bytes]) -> Iterator[tuple[str, bytes]]:
    for form, text in _cases(canary.text):
        yield from ((f"{form} {shape}", value) for shape, value in _written(text))
        for shape, value in _hashed(text.encode(), keys):
            yield f"{form} {shape}", value
    for raw in canary.raw:
        yield "raw", raw
        yield "raw hex", raw.hex().encode()
        yield from ((f"raw {shape}", value) for shape, value in _base64(raw))


def _cases(text: str) -> Iterator[tuple[str, str]]:
    yield "as it is", text
    for form, changed in (
        ("upper", text.upper()),
        ("lower", text.lower()),
        ("swapped", text.swapcase()),
        ("reversed", text[::-1]),
    ):
        if changed != text:
            yield form, changed


def _written(text: str) -> Iterator[tuple[str, bytes]]:
    plain = text.encode()
    yield "utf-8", plain
    yield "latin-1", text.encode("latin-1", "replace")
    yield "utf-16-le", text.encode("utf-16-le")
    yield "utf-16-be", text.encode("utf-16-be")
    yield "utf-32-le", text.encode("utf-32-le")
    yield "hex", plain.hex().encode()
    yield "HEX", plain.hex().upper().encode()
    yield from _base64(plain)
    yield "base32", base64.b32encode(plain).rstrip(b"=")[:-1]
    yield "percent", quote(text, safe="").encode()
    yield "percent, lower", quote(text, safe="").lower().encode()
    yield "percent twice", quote(quote(text, safe=""), safe="").encode()
    yield "plus", quote(text, safe="").replace("%20", "+").encode()
    yield "JSON", json.dumps(text)[1:-1].encode()
    yield "JSON, every letter", "".join(f"\\u{ord(letter):04x}" for letter in text).encode()
    yield "HTML", html.escape(text).encode()
    yield "HTML, every letter", "".join(f"&#{ord(letter)};" for letter in text).encode()
    yield "mail", quopri.encodestring(plain).replace(b"=\n", b"")
    yield "rot13", codecs.encode(text, "rot13").encode()


def _base64(value: bytes) -> Iterator[tuple[str, bytes]]:
    """In the three places where it may fall within a longer text; the edges that depend on neighbours left out."""
    for shift in range(3):
        start = (0, 2, 3)[shift]
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            written = encode(b"\0" * shift + value + b"\0" * 2)
            yield f"{name} +{shift}", written[start : (len(value) + shift) * 8 // 6]


def _hashed(value: bytes, keys: list[bytes]) -> Iterator[tuple[str, bytes]]:
    yield "crc32", f"{zlib.crc32(value):08x}".encode()
    for space in (uuid.NAMESPACE_DNS, uuid.NAMESPACE_URL, uuid.NAMESPACE_OID):
        yield "uuid5", str(uuid.uuid5(space, value.decode())).encode()
        yield "uuid3", str(uuid.uuid3(space, value.decode())).encode()
    for name in DIGESTS:
        yield from _digest(name, hashlib.new(name, value).digest())
    for number, key in enumerate(keys):
        for name in ("md5", "sha1", "sha256", "sha512"):
            yield from _digest(f"hmac {name} key {number}", hmac.digest(key, value, name))
        yield from _digest(f"salted key {number}", hashlib.sha256(key + value).digest())
        yield from _digest(f"salted after key {number}", hashlib.sha256(value + key).digest())


def _digest(name: str, value: bytes) -> Iterator[tuple[str, bytes]]:
    """Sixteen bytes of it are enough: a digest may be kept cut."""
    yield f"{name} raw", value[:16]
    yield f"{name} hex", value.hex()[:32].encode()
    yield f"{name} HEX", value.hex()[:32].upper().encode()
    yield f"{name} base64", base64.b64encode(value)[:20]
    yield f"{name} base64url", base64.urlsafe_b64encode(value)[:20]
