"""Addresses of projects, in French; each subject has its own list."""

from . import (
    consolidation,
    importing,
    knowledge,
    life,
    lifecycles,
    listing,
    sheet,
    stages,
    synthesis,
)

app_name = "projects"

urlpatterns = [
    *listing.patterns,
    *consolidation.patterns,
    *synthesis.patterns,
    *knowledge.patterns,
    *lifecycles.patterns,
    *importing.patterns,
    *stages.patterns,
    *life.patterns,
    *sheet.patterns,
]
