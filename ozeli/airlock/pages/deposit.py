"""Write, read again, deposit, note the receipt: four pages that keep nothing between them.

All that was typed travels in the form itself. The ticket of the review makes the receipt: the same content sent twice
with the same ticket gives the same receipt and the same key, so one entry, whatever was replayed.
"""

import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from ozeli.core import clock
from ozeli.core.errors import Refused
from ozeli.core.french import month
from ozeli.engagement.sensitive import fingerprint, passages
from ozeli.ideas.forms.deposit import proposed_title, told
from ozeli.ideas.forms.passages import CONFIRMED, Watch

from .. import likeness, pictures, quotas, receipts, silence, tokens, urn
from ..enums import EntryKind
from ..forms.host import STEP_ONE, DepositForm, TitleForm, open_challenges
from .frame import BUSY, FULL, NOT_TAKING, STALE, TOO_MANY, render

CHANGED = "Un choix n’est plus possible depuis que vous l’avez fait. Vérifiez la rubrique « Où la ranger »."


def deposit(request: Any) -> HttpResponse:
    """Step one."""
    if request.method != "POST":
        asked = request.GET.get("defi", "")
        chosen = next((key for key, known in open_challenges().items() if known.slug == asked), "")
        missed = NOT_TAKING if asked and not chosen else ""
        return _write_page(DepositForm(initial={"challenge": chosen}), [], missed=missed)
    request.upload_handlers = [pictures.InMemory(request)]
    form = DepositForm(request.POST, request.FILES)
    kept = [] if request.POST.get("drop_pictures") else pictures.unpacked(request.POST.get("pictures", ""))
    if not _is_ours(request):
        return _write_page(form, kept, refusal=STALE, status=403)
    if form.is_valid():
        kept = _with_new_pictures(form, kept)
    if form.errors:
        return _write_page(form, kept, status=422)
    title = request.POST.get("title", "") or proposed_title(form.cleaned_data["proposal"])
    return _review_page(TitleForm(initial={"title": title}), form, kept)


def review(request: Any) -> HttpResponse:
    """Step two: back to the text, or into the urn."""
    form, title = DepositForm(request.POST), TitleForm(request.POST)
    kept = pictures.unpacked(request.POST.get("pictures", ""))
    if request.method != "POST" or request.POST.get("geste") == "texte":
        again = DepositForm(initial={name: request.POST.get(name, "") for name in STEP_ONE})
        return _write_page(again, kept)
    ticket = tokens.ticket_of(request.POST.get("ticket", ""))
    if not form.is_valid():
        return _write_page(form, kept, refusal=CHANGED, status=422)
    if ticket is None or not tokens.is_ours(request):
        return _review_page(title, form, kept, refusal=STALE, status=403)
    is_valid = title.is_valid()
    found = passages(told(form, title))
    title.watch = Watch(found, bool(found) and request.POST.get(CONFIRMED) == fingerprint(found))
    if not is_valid or title.watch.stops:
        return _review_page(title, form, kept, status=422)
    entry = _entry(form, title.cleaned_data["title"], kept)
    return _kept_in_urn(request, entry, ticket, form, title, kept)


def receipt(request: Any) -> HttpResponse:
    """« Je l’ai noté » : its last characters, typed from the paper."""
    code, typed = request.POST.get("code", ""), receipts.normalised(request.POST.get("fin", "")[:20])
    if request.method != "POST" or not _is_ours(request) or not receipts.is_well_formed(code):
        return render("airlock/noted.html", {"is_lost": True})
    if typed and len(typed) >= 5 and receipts.normalised(code).endswith(typed):
        return render("airlock/noted.html", {"is_lost": False})
    wrong = "Ce ne sont pas les cinq derniers caractères de votre code. Vérifiez ce que vous avez noté."
    return _receipt_page(code, request.POST.get("title", "")[:140], error=wrong, status=422)


def _is_ours(request: Any) -> bool:
    return tokens.is_ours(request) and tokens.ticket_of(request.POST.get("ticket", "")) is not None


def _with_new_pictures(form: DepositForm, kept: list[pictures.Picture]) -> list[pictures.Picture]:
    """The images brought back and those just sent; what is refused is told beside its field."""
    made = list(kept)
    for field, upload, description in form.uploads():
        if len(made) == pictures.MOST:
            form.add_error(field, "Deux images au plus. Retirez d’abord celle qui est déjà là.")
            break
        try:
            made.append(pictures.made_anew(upload, description))
        except Refused as refusal:
            form.add_error(field, str(refusal))
    return made


def _entry(form: DepositForm, title: str, kept: list[pictures.Picture]) -> dict[str, Any]:
    said = form.cleaned_data
    return {
        "kind": str(EntryKind.DEPOSIT),
        "title": title,
        **{name: said[name] for name in ("problem", "beneficiaries", "proposal", "benefit")},
        "domain": said["domain"].code,
        "branch": said["branch"],
        "challenge": said["challenge"],
        "pictures": kept,
    }


def _kept_in_urn(
    request: Any, entry: dict[str, Any], ticket: bytes, form: DepositForm, title: TitleForm, kept: list[Any]
) -> HttpResponse:
    code = receipts.drawn_from(ticket, json.dumps(entry, sort_keys=True).encode())
    key = receipts.key_of(code)
    try:
        if not urn.holds(key):
            if not quotas.deposit():
                return _review_page(title, form, kept, refusal=TOO_MANY, status=429)
            urn.put(entry | {"key": key, "digest": receipts.digest(code)})
    except receipts.Busy:
        return _review_page(title, form, kept, refusal=BUSY, status=503)
    except urn.Full:
        return _review_page(title, form, kept, refusal=FULL, status=503)
    return _receipt_page(code, entry["title"], has_pictures=bool(kept), has_branch=bool(entry["branch"]))


# --- pages --------------------------------------------------------------------------------------------------------


def _write_page(
    form: DepositForm,
    kept: list[pictures.Picture],
    *,
    refusal: str = "",
    missed: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "here": "deposit",
        "missed": missed,
        "form": form,
        "kept": pictures.shown(kept),
        "sealed": pictures.packed(kept),
        "takes_pictures": pictures.are_taken() and len(kept) < pictures.MOST,
        "ticket": tokens.new_ticket(),
        "refusal": refusal,
    }
    return render("airlock/deposit.html", context, status=status)


def _review_page(
    title: TitleForm,
    form: DepositForm,
    kept: list[pictures.Picture],
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    said, branch, is_quiet = form.cleaned_data, form.chosen_branch(), silence.is_kept()
    context = {
        "here": "deposit",
        "form": title,
        "need": said | {"branch": branch[1] if branch else "", "challenge": form.chosen_challenge()},
        "hidden": [(name, form[name].value() or "") for name in STEP_ONE],
        "kept": pictures.shown(kept),
        "sealed": pictures.packed(kept),
        "alike": likeness.alike(form.text) if is_quiet else [],
        "alike_is_off": not is_quiet,
        "ticket": tokens.new_ticket(),
        "refusal": refusal,
    }
    return render("airlock/review.html", context, status=status)


def _receipt_page(
    code: str,
    title: str,
    *,
    has_pictures: bool = False,
    has_branch: bool = False,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "here": "deposit",
        "code": code,
        "shown": receipts.shown(code),
        "title": title,
        "month": month(clock.today()),
        "has_pictures": has_pictures,
        "has_branch": has_branch,
        "ticket": tokens.new_ticket(),
        "error": error,
        "follow_url": f"{settings.AIRLOCK_URL}/suivre/",
    }
    return render("airlock/receipt.html", context, status=status)
