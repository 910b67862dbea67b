"""The communication plan that the model of a format proposes, on the days that the phases give."""

from datetime import date, timedelta

from ozeli.core.french import long_date

from .days import first_day, last_day
from .formats import StepModel, models
from .models import Challenge, CommunicationStep, Phase


def proposed(challenge: Challenge, phases: list[Phase], address: str) -> list[CommunicationStep]:
    """The steps of the model of this format, not saved; those whose phase is missing or has no such day left out."""
    by_kind = {phase.kind: phase for phase in phases}
    steps = []
    for model in models()[challenge.format].communication:  # type: ignore[index]
        phase = by_kind.get(model.on)
        day = _day(model, phase) if phase else None
        if phase is not None and day is not None:
            steps.append(_step(challenge, model, phase, day, address))
    return sorted(steps, key=lambda step: step.due_on)


def _day(model: StepModel, phase: Phase) -> date | None:
    """The day of a step, None when the phase has no such day."""
    first, last = first_day(phase), last_day(phase)
    if model.at == "start":
        return first + timedelta(days=model.days)
    if last is None:
        return None
    anchor = last if model.at == "end" else first + (last - first) / 2
    return anchor + timedelta(days=model.days)


def _step(challenge: Challenge, model: StepModel, phase: Phase, day: date, address: str) -> CommunicationStep:
    return CommunicationStep(
        challenge=challenge,
        due_on=day,
        title=model.title,
        channel=model.channel,
        readers=model.readers,
        words=_filled(
            model.words,
            titre=challenge.title,
            question=challenge.question,
            adresse=address,
            jour=long_date(phase.opens_at),
        ),
    )


def _filled(text: str, **values: str) -> str:
    """The text with its marks replaced: what a person wrote is never read as a mark."""
    pieces = text.split("{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        mark, _brace, rest = piece.partition("}")
        filled.append(f"{values[mark]}{rest}")
    return "".join(filled)
