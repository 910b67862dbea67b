"""With the receipt: read the answers, talk with those who read the idea, complete it, withdraw it.

The code comes in the body of each form and goes back in the page, never in an address. A forged one costs one HMAC and
wears out a count of forged ones only: those who hold a receipt of ours pass, whatever others try.
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from ozeli.engagement.sensitive import fingerprint, passages
from ozeli.ideas.forms.passages import CONFIRMED, Watch

from .. import quotas, receipts, selectors, tokens, urn
from ..enums import DepositState, EntryKind
from ..forms.host import CodeForm, ComplementForm, MessageForm
from ..selectors import Dossier
from .frame import BUSY, FULL, STALE, TOO_MANY, render

FORGED = "Ce code n’est pas un des nôtres. Vérifiez chaque caractère sur votre reçu."
UNKNOWN = "Ce code est bien formé, mais aucun dépôt ne lui répond ici. Vient-il bien de ce portail\u202f?"
TOO_MANY_FORGED = (
    "Trop de codes inexacts ont été essayés depuis une heure, par vous ou par d’autres. Le vôtre passera s’il est"
    " exact\u00a0: vérifiez-le."
)
TEXTS = ("title", "problem", "beneficiaries", "proposal", "benefit")
SENT = "C’est dans l’urne. Votre envoi partira avec les autres, et sera lu ensuite."
Page = Callable[[Any, str, str, Dossier], HttpResponse]


def with_receipt(page: Page) -> Callable[[Any], HttpResponse]:
    """Give a page the code, its digest and what it opens; or ask for the code again, and say why."""

    @wraps(page)
    def opened(request: Any) -> HttpResponse:
        if request.method != "POST":
            return _ask(CodeForm())
        form = CodeForm(request.POST)
        if not tokens.is_ours(request) or tokens.ticket_of(request.POST.get("ticket", "")) is None:
            return _ask(form, refusal=STALE, status=403)
        if not form.is_valid():
            return _ask(form, status=422)
        code = form.cleaned_data["code"]
        if not receipts.is_well_formed(code):
            return _refuse_forged(form)
        try:
            digest = receipts.digest(code)
        except receipts.Busy:
            return _ask(form, refusal=BUSY, status=503)
        found = selectors.dossier(digest)
        if found is None:
            form.add_error("code", UNKNOWN)
            return _ask(form, status=422)
        return page(request, receipts.normalised(code), digest, found)

    return opened


def _refuse_forged(form: CodeForm) -> HttpResponse:
    if not quotas.forged():
        form.add_error("code", TOO_MANY_FORGED)
        return _ask(form, status=429)
    form.add_error("code", FORGED)
    return _ask(form, status=422)


@with_receipt
def follow(request: Any, code: str, digest: str, found: Dossier) -> HttpResponse:
    return _dossier_page(code, found)


@with_receipt
def message(request: Any, code: str, digest: str, found: Dossier) -> HttpResponse:
    form = MessageForm(request.POST)
    if not found.can_write:
        return _dossier_page(code, found, refusal="Cette idée ne reçoit plus de message.", status=409)
    if not _is_clean(form, request, ("body",)):
        return _dossier_page(code, found, message=form, status=422)
    entry = {"kind": str(EntryKind.MESSAGE), "digest": digest, "body": form.cleaned_data["body"]}
    return _sent(request, code, digest, found, entry, message=form)


@with_receipt
def complete(request: Any, code: str, digest: str, found: Dossier) -> HttpResponse:
    """The text again, beside what was asked; the first time it is only shown."""
    idea = found.idea
    if not found.can_complete or idea is None:
        return _dossier_page(code, found, refusal="Aucun complément n’est attendu.", status=409)
    if "envoyer" not in request.POST:
        initial = {name: getattr(idea, name) for name in TEXTS}
        return _complete_page(code, found, ComplementForm(initial=initial))
    form = ComplementForm(request.POST)
    if not _is_clean(form, request, (*TEXTS, "body")):
        return _complete_page(code, found, form, status=422)
    entry = {"kind": str(EntryKind.COMPLEMENT), "digest": digest, **form.cleaned_data}
    return _sent(request, code, digest, found, entry)


@with_receipt
def withdraw(request: Any, code: str, digest: str, found: Dossier) -> HttpResponse:
    """Ask first, then withdraw."""
    if not found.can_withdraw:
        return _dossier_page(code, found, refusal="Cette idée ne peut plus être retirée.", status=409)
    if "envoyer" not in request.POST:
        return render("airlock/withdraw.html", _context(code, found))
    return _sent(request, code, digest, found, {"kind": str(EntryKind.WITHDRAWAL), "digest": digest})


def _is_clean(form: Any, request: Any, names: tuple[str, ...]) -> bool:
    is_valid = form.is_valid()
    texts = [(str(form.fields[name].label), str(form[name].value() or "")) for name in names]
    found = passages(texts)
    form.watch = Watch(found, bool(found) and request.POST.get(CONFIRMED) == fingerprint(found))
    return bool(is_valid and not form.watch.stops)


def _sent(
    request: Any, code: str, digest: str, found: Dossier, entry: Mapping[str, Any], **forms: Any
) -> HttpResponse:
    """Into the urn, once whatever is replayed; the page then shows what waits there."""
    ticket = tokens.ticket_of(request.POST.get("ticket", "")) or b""
    key = receipts.key_from(ticket, json.dumps(dict(entry), sort_keys=True).encode())
    if not urn.holds(key):
        if not quotas.reply():
            return _dossier_page(code, found, refusal=TOO_MANY, status=429, **forms)
        try:
            urn.put({**entry, "key": key})
        except urn.Full:
            return _dossier_page(code, found, refusal=FULL, status=503, **forms)
    again = selectors.dossier(digest)
    return _dossier_page(code, again or found, done=SENT)


# --- pages --------------------------------------------------------------------------------------------------------


def _ask(form: CodeForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {"here": "follow", "form": form, "ticket": tokens.new_ticket(), "refusal": refusal}
    return render("airlock/follow.html", context, status=status)


def _context(code: str, found: Dossier) -> dict[str, Any]:
    return {
        "here": "follow",
        "code": code,
        "dossier": found,
        "deposit": found.deposit,
        "idea": found.idea,
        "is_refused": found.state == DepositState.REFUSED,
        "days": settings.AIRLOCK_DAYS,
        "ticket": tokens.new_ticket(),
        "portal_url": settings.PUBLIC_URL,
    }


def _dossier_page(
    code: str,
    found: Dossier,
    *,
    message: MessageForm | None = None,
    refusal: str = "",
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    said = {"form": message or MessageForm(), "refusal": refusal, "done": done}
    return render("airlock/dossier.html", _context(code, found) | said, status=status)


def _complete_page(code: str, found: Dossier, form: ComplementForm, *, status: int = 200) -> HttpResponse:
    return render("airlock/complement.html", _context(code, found) | {"form": form}, status=status)
