"""Where projects show what they teach: beside a stage, and in the cimetière."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from ozeli.core.registry import PageTab, Panel, page_tabs, panels

from .models import StageReport
from .selectors.similar import similar_reports


def _similar(request: Any, report: StageReport) -> Mapping[str, Any] | None:
    """Reports of the same stage in other projects; nothing when nobody has told it yet."""
    found = similar_reports(report.project, report.stage, request.user)
    if not found:
        return None
    query = urlencode({"etape": report.stage.code})
    return {"rows": found, "stage": report.stage, "url": f"{reverse('projects:reports')}?{query}"}


def register() -> None:
    panels.register(
        Panel(
            code="similar_reports",
            target="stage",
            brick="projects",
            template="projects/knowledge/_similar.html",
            load=_similar,
        )
    )
    page_tabs.register(
        PageTab("stopped", "graveyard", "Essais arrêtés", "/cimetiere/essais/", "projects", position=20)
    )
