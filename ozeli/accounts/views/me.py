"""A person's own page, and the door of the administration."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from ozeli.core import recovery
from ozeli.core.access import Level, bricks
from ozeli.core.french import sort_key
from ozeli.core.registry import ADMIN_SUBJECTS, AdminPage, admin_pages

from .. import selectors
from ..requests import PersonRequest


@require_GET
def me(request: PersonRequest) -> HttpResponse:
    """Who I am here, and what I may do."""
    current, past = selectors.current_and_past(request.user)
    held = [(brick, level) for brick in bricks if (level := request.user.level(brick.code)) > Level.NONE]
    return render(request, "accounts/me.html", {"current": current, "past": past, "held": held})


@require_POST
def forget_kept_text(request: PersonRequest) -> HttpResponse:
    """The person has copied the words that were kept: drop them. The wanted state, so no idempotency key."""
    recovery.forget(request)
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


@require_GET
def administration(request: PersonRequest) -> HttpResponse:
    """What this person may administer, by subject, narrowed by words; nothing is « introuvable »."""
    pages = [page for page in admin_pages if page.is_open_to(request.user)]
    if not pages:
        raise Http404("nothing to administer")
    words = request.GET.get("q", "").replace("\0", "").strip()[:80]
    found = [page for page in pages if _answers(page, words)]
    groups = [
        (
            title,
            [(page, reverse(page.url_name, args=page.url_args)) for page in found if page.subject == code],
        )
        for code, title in ADMIN_SUBJECTS.items()
    ]
    context = {"groups": [group for group in groups if group[1]], "words": words}
    return render(request, "accounts/administration.html", context)


def _answers(page: AdminPage, words: str) -> bool:
    """Whether each word begins one of the page’s, accents and plurals left aside."""
    said = sort_key(f"{page.title} {page.description} {page.keywords}").split()
    wanted = (word.rstrip("sx") or word for word in sort_key(words).split())
    return all(any(one.startswith(word) for one in said) for word in wanted)
