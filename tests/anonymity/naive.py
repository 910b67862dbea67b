"""What not to do: an anonymous deposit written in good faith, by somebody who did not think of what surrounds it.

The red control of the proofs: it signs nothing on the screen, and keeps the person everywhere else.
"""

import email
import logging
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from http.cookies import SimpleCookie
from secrets import token_hex
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core import signing

from .installation import Installation

TABLE = """create table if not exists naive_deposit (
  id bigserial primary key, proposal text, author_id bigint, mail text, name text, address text,
  receipt text, created_at timestamptz default now())"""


class NaiveAirlock:
    """Knows who is signed in, keeps when and from where, logs each request, keeps the file as it came."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.secret = (installation.home / "secret_key").read_text()
        with installation.connect() as base:
            base.execute(TABLE)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        fields = self._fields(environ)
        cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        number, mail, name = self._person(cookies)
        self._log(
            " ".join(f"{key}={value}" for key, value in environ.items() if key.startswith(("HTTP_", "REM")))
        )
        receipt = f"{token_hex(4)}-{token_hex(4)}-{token_hex(4)}".upper()
        with self.installation.connect() as base:
            base.execute(
                "insert into naive_deposit (proposal, author_id, mail, name, address, receipt)"
                " values (%s, %s, %s, %s, %s, %s)",
                [fields.get("proposal"), number, mail, name, environ["REMOTE_ADDR"], receipt],
            )
        with smtplib.SMTP(
            "127.0.0.1", int(self.installation.environment["SMTP_URL"].rpartition(":")[2])
        ) as post:
            post.sendmail(
                "a@b.test", "nora@exemple.test", f"Subject: Depot de {mail}\n\nVoir le sas.".encode()
            )
        start("200 OK", [("Content-Type", "text/plain")])
        return [receipt.encode()]

    def _person(self, cookies: SimpleCookie) -> tuple[int, str, str]:
        """Who is signed in on the portal: the cookie came along, so why not."""
        with self.installation.connect() as base:
            row = base.execute(
                "select session_data from django_session where session_key = %s",
                [cookies["ozeli_session"].value],
            ).fetchone()
            assert row is not None
            salt = "django.contrib.sessions.SessionStore"
            held = signing.loads(row[0], key=self.secret, salt=salt)
            found = base.execute(
                "select id, email, display_name from accounts_user where id = %s", [held["_auth_user_id"]]
            ).fetchone()
            assert found is not None
            return found  # type: ignore[return-value]

    def _fields(self, environ: dict[str, Any]) -> dict[str, str]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        head = f"Content-Type: {environ['CONTENT_TYPE']}\r\n\r\n".encode()
        said = {}
        for part in email.message_from_bytes(head + body, policy=policy.default).iter_parts():
            told = part.get("Content-Disposition")
            if file_name := part.get_filename():
                folder = self.installation.home / "files" / "naive"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / file_name).write_bytes(part.get_payload(decode=True))  # type: ignore[arg-type]
            elif told is not None:
                said[told.params["name"]] = str(part.get_content()).strip()
        return said

    def _log(self, line: str) -> None:
        handler = logging.FileHandler(self.installation.home / "log" / "sas.log")
        handler.emit(logging.LogRecord("naive", logging.INFO, "", 0, line, None, None))
        handler.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def serving(installation: Installation) -> Iterator[str]:
    """Its address, while the block lasts."""
    server: WSGIServer = make_server("127.0.0.1", 0, NaiveAirlock(installation), handler_class=_Quiet)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
