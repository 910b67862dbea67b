"""The catalogue of methods, as screens ask for it."""

from collections.abc import Sequence

from ozeli.core.french import fold
from ozeli.core.memo import kept_for

from ..models import Method
from .vocabulary import Step, courses, steps_named


@kept_for(60)
def catalogue() -> tuple[Method, ...]:
    """The methods in service, in their order; a minute old at most. Read only."""
    return tuple(Method.objects.filter(is_active=True))


def found(words: str, steps: Sequence[Step]) -> list[Method]:
    """Those whose texts hold every word, and that help most at these stages."""
    codes = {step.code for step in steps}
    asked = fold(words).split()
    return [
        one
        for one in catalogue()
        if (not codes or codes.intersection(one.stages))
        and all(word in fold(f"{one.name} {one.summary} {one.how}") for word in asked)
    ]


def where_it_helps(method: Method) -> list[tuple[str, str]]:
    """(code, name) of the stages where a method helps most, in the order of the lifecycles; none twice."""
    steps = {step.code: step for course in reversed(courses()) for step in course.steps}
    ordered = [step.code for course in courses() for step in course.steps]
    return [(code, steps[code].name) for code in dict.fromkeys(ordered) if code in method.stages]


def stage_names(codes: Sequence[str]) -> list[str]:
    """The names of stages, by their codes; an unknown one is left out."""
    return [named[0].name for code in codes if (named := steps_named(code))]
