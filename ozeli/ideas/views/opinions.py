"""The page where an expert gives the opinion asked for."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ozeli.accounts.requests import PersonRequest
from ozeli.core import clock
from ozeli.core.access import brick
from ozeli.core.errors import Conflict, Refused
from ozeli.core.idempotency import idempotent
from ozeli.core.recovery import recovered

from .. import rules, standing
from ..forms.desk import OpinionForm
from ..models import Idea, IdeaExpert
from ..selectors import desk as selectors
from ..services.circuit import give_opinion
from .loader import get_idea


@require_http_methods(["GET", "POST"])
@brick("ideas")
@idempotent
def opinion(request: PersonRequest, short: str, slug: str) -> HttpResponse:
    """The idea, who asks and until when, and the opinion. Http404 for those who were not asked."""
    expertise = _expertise(request, short)
    if request.method != "POST":
        initial = {"opinion": expertise.opinion} | (recovered(request) or {})
        return _page(request, expertise, OpinionForm(initial=initial))
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _page(request, expertise, form, status=422)
    try:
        give_opinion(expertise, form.cleaned_data["opinion"], actor=request.user)
    except Refused as error:
        form.add_error(None, str(error))
        return _page(
            request, _expertise(request, short), form, status=409 if isinstance(error, Conflict) else 422
        )
    messages.success(request, "Merci. Votre avis est remis aux référents qui préparent la réponse.")
    return redirect(expertise.idea.get_absolute_url())


def _expertise(request: PersonRequest, short: str) -> IdeaExpert:
    idea = get_idea(request, short, selectors.with_desk_data(Idea.objects.all()))
    asked = next((one for one in idea.experts.all() if one.user_id == request.user.pk), None)
    if asked is None:
        raise Http404("no opinion was asked of this person")
    asked.idea = idea
    return asked


def _page(
    request: PersonRequest, expertise: IdeaExpert, form: OpinionForm, *, status: int = 200
) -> HttpResponse:
    idea = expertise.idea
    context = {
        "idea": idea,
        "expertise": expertise,
        "who": standing.signature(idea, idea.signatories),
        "place": standing.place(idea),
        "form": form,
        "is_open": rules.can_give_opinion(request.user, idea),
        "today": clock.today(),
    }
    return render(request, "ideas/desk/opinion.html", context, status=status)
