"""A browser at the door of the airlock: it speaks WSGI, and knows how to fill a form."""

import io
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from ozeli.airlock.wsgi import application

OURS = {"HTTP_SEC_FETCH_SITE": "same-origin"}
TEXT = {
    "problem": "Des courriers partent sans que personne n’ose dire qu’ils sont ambigus.",
    "beneficiaries": "Les assurés qui les reçoivent",
    "proposal": "Ouvrir un canal où chacun signale un courrier ambigu, relu chaque semaine.",
    "benefit": "Moins d’appels",
    "domain": "accueil",
    "branch": "",
    "challenge": "",
}


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def hidden(self, name: str) -> str:
        found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', self.text)
        assert found, f"no field {name}"
        return unescape(found[1])

    @property
    def code(self) -> str:
        return self.hidden("code")


class Visitor:
    """Sends no cookie of the airlock, since there is none; `extra` is what a browser or a proxy would add."""

    def get(self, path: str, query: str = "", **extra: Any) -> Answer:
        return self.ask("GET", path, QUERY_STRING=query, **extra)

    def post(self, path: str, data: dict[str, Any], **extra: Any) -> Answer:
        body = encode_multipart(BOUNDARY, data)
        return self.ask("POST", path, body, CONTENT_TYPE=MULTIPART_CONTENT, **OURS | extra)

    def ask(self, method: str, path: str, body: bytes = b"", **extra: Any) -> Answer:
        said: list[tuple[str, list[tuple[str, str]]]] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8001",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8001",
            "CONTENT_LENGTH": str(len(body)) if method == "POST" else "",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            **extra,
        }
        pieces = application(environ, lambda status, headers, error=None: said.append((status, headers)))
        status, headers = said[-1]
        return Answer(int(status.split()[0]), headers, b"".join(pieces))

    # --- the journey

    def review(self, image: bytes = b"", **typed: str) -> Answer:
        data: dict[str, Any] = (
            TEXT | {"ticket": self.get("/deposer/").hidden("ticket"), "pictures": ""} | typed
        )
        if image:
            data |= {"image_1": SimpleUploadedFile("bureau.jpg", image), "description_1": "Un courrier"}
        return self.post("/deposer/", data)

    def deposit(self, image: bytes = b"", **typed: str) -> Answer:
        """The receipt page."""
        page = self.review(image, **typed)
        return self.post("/relire/", self.carried(page, **typed))

    def carried(self, page: Answer, **typed: str) -> dict[str, str]:
        """What the form of the review sends back."""
        said = TEXT | {"title": "Signaler les courriers ambigus"} | typed
        return said | {"ticket": page.hidden("ticket"), "pictures": page.hidden("pictures")}

    def follow(self, code: str) -> Answer:
        return self.post("/suivre/", {"ticket": self.get("/suivre/").hidden("ticket"), "code": code})

    def act(self, path: str, code: str, **typed: str) -> Answer:
        return self.post(path, {"ticket": self.get("/suivre/").hidden("ticket"), "code": code, **typed})
