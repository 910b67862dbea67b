"""Everything that the base keeps of projects, by subject."""

from .lifecycles import Ending, Lifecycle, LifecycleVersion, Method, Stage
from .means import BudgetLine, Indicator, Measure
from .news import LogEntry, ProjectMove, ProjectUpdate
from .projects import KIND, Project, ProjectBody, ProjectIdea, ProjectMember, ProjectQuerySet
from .stages import REPORT_KIND, Gate, Passage, StageReport, StageReportQuerySet
from .synthesis import (
    SYNTHESIS_KIND,
    Synthesis,
    SynthesisFile,
    SynthesisQuerySet,
    SynthesisSection,
    SynthesisSource,
)
from .tally import NO_YEAR, Cube, Reach, Tally

__all__ = [
    "KIND",
    "NO_YEAR",
    "REPORT_KIND",
    "SYNTHESIS_KIND",
    "BudgetLine",
    "Cube",
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
    "Reach",
    "Stage",
    "StageReport",
    "StageReportQuerySet",
    "Synthesis",
    "SynthesisFile",
    "SynthesisQuerySet",
    "SynthesisSection",
    "SynthesisSource",
    "Tally",
]
