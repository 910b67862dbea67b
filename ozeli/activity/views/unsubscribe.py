"""Stop a kind of mail from the mail itself, without a sign-in: in one click for mail programs, by a page for people.

The signed address is the whole proof: no session is read, and the POST asks for no CSRF token (RFC 8058). Looking
changes nothing: link scanners open every address of a mail.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ozeli.core.registry import Pace

from .. import paces, services
from .. import unsubscribe as links


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The POST sets the topic to « never »; with `rythme`, the button that undoes it sets it back."""
    found = links.read(token)
    if found is None:
        return render(request, "activity/unsubscribe.html", {"topic": None}, status=404)
    user, topic = found
    before = paces.pace_of(user.pk, topic.code, paces.chosen([user.pk], [topic.code]))
    context = {"topic": topic, "before": before, "is_digest": topic.code == paces.DIGEST, "done": ""}
    if request.method == "POST":
        wanted = request.POST.get("rythme", "")
        pace = Pace(wanted) if wanted in topic.allowed else Pace.NEVER
        services.set_paces(user, {topic.code: pace})
        context["done"] = "stopped" if pace == Pace.NEVER else "restored"
        if before == Pace.NEVER:
            context["before"] = topic.default
    return render(request, "activity/unsubscribe.html", context)
