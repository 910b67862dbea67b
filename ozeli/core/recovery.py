"""Typed words survive: an expired session, a lost database or a stale form gives them back.

On a POST that cannot be served, the fields travel signed inside the sign-in form; once the person is back they
wait in the session for the page they came from.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, QueryDict

from .web import came_from

SALT = "ozeli.core.recovery"
SESSION_KEY = "typed"
MAX_AGE = 24 * 3600
# What a form carries by itself: nothing that somebody typed and would miss.
_OWN_FIELDS = {"csrfmiddlewaretoken", "idempotency_key", "reprise", "login", "want"}


_CODE = re.compile(r"[a-z0-9_.-]*")


def typed_fields(request: HttpRequest) -> dict[str, list[str]]:
    """The posted fields worth keeping, by name; secrets and empty values left out."""
    if request.method != "POST":
        return {}
    return {
        name: values
        for name, values in request.POST.lists()
        if name not in _OWN_FIELDS and "password" not in name and any(value.strip() for value in values)
    }


def given_back(request: HttpRequest) -> dict[str, Any]:
    """For the page that refuses a form: the texts typed, ready to be copied, and the page to go back to.

    What looks like a code (the key of a draft, a choice in a list) is nobody's text.
    """
    texts = {
        name: [value for value in values if not _CODE.fullmatch(value.strip())]
        for name, values in typed_fields(request).items()
    }
    page = page_of(request) if request.method == "POST" else request.get_full_path()
    return {"typed": {name: values for name, values in texts.items() if values}, "page": page}


def page_of(request: HttpRequest) -> str:
    """The path of the page that holds the posted form (its Referer when ours, else the posted path)."""
    return came_from(request) or request.path


def pack(request: HttpRequest) -> str:
    """Sign the typed fields and the page they belong to, for a hidden field of the sign-in form."""
    value = {"page": page_of(request), "fields": typed_fields(request)}
    return signing.dumps(value, salt=SALT, compress=True)


def unpack_into_session(request: HttpRequest, packed: str) -> None:
    """Put the fields of `pack` in the new session; a forged or old value is ignored."""
    try:
        request.session[SESSION_KEY] = signing.loads(packed, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return


def recovered(request: HttpRequest) -> dict[str, Any] | None:
    """The fields typed on this very page before the session was lost, as a form's `initial`; else None."""
    kept = request.session.get(SESSION_KEY)
    if not kept or urlsplit(kept["page"]).path != request.path:
        return None
    request.typed_words_are_shown = True  # type: ignore[attr-defined]
    data = QueryDict(mutable=True)
    for name, values in kept["fields"].items():
        data.setlist(name, values)
    return {name: data[name] for name in data}


def leftover(request: HttpRequest) -> dict[str, Any] | None:
    """The page and the texts kept that no form of this page took back, for the reader to copy; else None.

    One-word values (a vote, a choice) are not worth a notice.
    """
    if getattr(request, "typed_words_are_shown", False) or not hasattr(request, "session"):
        return None
    kept = request.session.get(SESSION_KEY)
    if not kept:
        return None
    texts = [value for values in kept["fields"].values() for value in values if " " in value.strip()]
    return {"page": kept["page"], "texts": texts} if texts else None


def forget(request: HttpRequest) -> None:
    """The words have been received: drop the kept copy."""
    request.session.pop(SESSION_KEY, None)
