"""A browser without a browser: pages, cookies, forms filled from what they show, and the headers of an identity."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from secrets import token_hex
from urllib.parse import urlencode, urljoin, urlsplit

from .canaries import Identity

Fields = list[tuple[str, str]]


@dataclass
class Form:
    """A form of a page, with the values it stands with; `free` are the fields that one writes in."""

    action: str
    method: str
    values: Fields = field(default_factory=list)
    free: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: Fields = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside: Form | None = None
        self._select = self._area = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(told.get("action", ""), told.get("method", "get").lower())
            self.forms.append(self._inside)
        elif self._inside is not None:
            self._control(self._inside, tag, told)

    def _control(self, form: Form, tag: str, told: Mapping[str, str]) -> None:
        name, value = told.get("name", ""), told.get("value", "")
        kind = told.get("type", "text") if tag == "input" else tag
        if tag == "button" and told.get("type", "submit") == "submit":
            form.buttons.append((name, value))
        elif kind == "select":
            self._select = name
            form.choices.setdefault(name, [])
        elif kind == "option" and self._select:
            form.choices[self._select].append(value)
        elif kind == "textarea":
            self._area, self._text = name, ""
        elif kind == "file":
            form.files.append(name)
        elif kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(value or "on")
            if "checked" in told:
                form.values.append((name, value or "on"))
        elif kind == "hidden":
            form.values.append((name, value))
        elif tag == "input" and name:
            form.free[name] = value

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._inside is not None:
            self._inside.free[self._area] = self._text.strip()


@dataclass
class Page:
    url: str
    status: int
    headers: list[tuple[str, str]]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    @property
    def said(self) -> str:
        """What one reads, without tags."""
        return re.sub(
            r"\s+", " ", re.sub(r"<[^>]+>", " ", self.text.partition('id="contenu"')[2] or self.text)
        )

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def forms(self) -> list[Form]:
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    def form(self, *fields: str, method: str = "post") -> Form:
        """The first form of this method that has all these fields."""
        for form in self.forms():
            names = {*form.free, *form.files, *form.choices, *dict(form.values), *dict(form.buttons)}
            if form.method == method and names >= set(fields):
                return form
        raise AssertionError(f"no form with {fields} at {self.url} ({self.status}): {self.said[:2000]}")


class Browser:
    """One person's: its cookies go to every port of the host, as in a real one (cookies ignore ports)."""

    def __init__(self, person: Identity | None = None) -> None:
        self.person = person
        self.cookies: dict[str, str] = {}

    def get(self, url: str, **headers: str) -> Page:
        return self.send("GET", url, headers=headers)

    def send(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        follow: int = 5,
    ) -> Page:
        """A request and its redirections."""
        parts = urlsplit(url)
        peer = (self.person.peer, 0) if self.person else None
        line = HTTPConnection(parts.hostname or "", parts.port, timeout=30, source_address=peer)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            line.request(method, path, body or None, self._headers(dict(headers or {})))
            answer = line.getresponse()
            page = Page(url, answer.status, answer.getheaders(), answer.read())
        finally:
            line.close()
        self._keep_cookies(page)
        if page.status in (301, 302, 303, 307, 308) and follow:
            return self.send("GET", urljoin(url, page.header("Location")), headers=headers, follow=follow - 1)
        return page

    def submit(
        self,
        page: Page,
        form: Form,
        said: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, str, bytes]] | None = None,
        button: tuple[str, str] | None = None,
    ) -> Page:
        """Send a form with these words; what is not said keeps the value it stands with."""
        said = dict(said or {})
        fields = [(name, value) for name, value in form.values if name not in said]
        fields += [(name, value) for name, value in form.free.items() if name and name not in said]
        fields += [
            (name, next(filter(None, choices)))
            for name, choices in form.choices.items()
            if any(choices) and name not in said and name not in dict(form.values)
        ]
        fields += [*said.items(), *([button] if button else [])]
        body, kind = _multipart(fields, files) if form.files else (urlencode(fields).encode(), _URLENCODED)
        parts = urlsplit(page.url)
        origin = {"Origin": f"{parts.scheme}://{parts.netloc}", "Sec-Fetch-Site": "same-origin"}
        url = urljoin(page.url, form.action or page.url)
        return self.send("POST", url, body, {"Content-Type": kind, **origin})

    def _headers(self, given: dict[str, str]) -> dict[str, str]:
        told = self.person.headers() if self.person else {"User-Agent": "essai"}
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return told | given

    def _keep_cookies(self, page: Page) -> None:
        for key, value in page.headers:
            if key.lower() == "set-cookie":
                name, _equal, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]


_URLENCODED = "application/x-www-form-urlencoded"


def _multipart(fields: Fields, files: Mapping[str, tuple[str, str, bytes]] | None) -> tuple[bytes, str]:
    edge = token_hex(12)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, (file_name, media_type, content) in (files or {}).items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(f"{head}Content-Type: {media_type}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"
