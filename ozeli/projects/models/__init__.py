"""Everything that the base keeps of projects, by subject."""

from .lifecycles import Ending, Lifecycle, LifecycleVersion, Method, Stage
from .means import BudgetLine, Indicator, Measure
from .news import LogEntry, ProjectMove, ProjectUpdate
from .projects import KIND, Project, ProjectBody, ProjectIdea, ProjectMember, ProjectQuerySet
from .stages import REPORT_KIND, Gate, Passage, StageReport, StageReportQuerySet

__all__ = [
    "KIND",
    "REPORT_KIND",
    "BudgetLine",
    "Ending",
    "Gate",
    "Indicator",
    "Lifecycle",
    "LifecycleVersion",
    "LogEntry",
    "Measure",
    "Method",
    "Passage",
    "Project",
    "ProjectBody",
    "ProjectIdea",
    "ProjectMember",
    "ProjectMove",
    "ProjectQuerySet",
    "ProjectUpdate",
    "Stage",
    "StageReport",
    "StageReportQuerySet",
]
