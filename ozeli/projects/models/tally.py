"""What the consolidation counts, kept as it is written: see `docs/decisions/0037-consolidation.md`."""

from enum import StrEnum

from django.db import models

from ozeli.network.models import Branch, Domain, Organisation

from .lifecycles import Ending, LifecycleVersion, Stage

# The year of what has not started yet.
NO_YEAR = 0


class Cube(StrEnum):
    """What a row counts. All of them but the stages have a year and a branch."""

    STANDING = "standing"  # version, state, passed → n, budgets
    CAUSE = "cause"  # state, cause → n
    BODY = "body"  # state, organisation → n, budgets
    DOMAIN = "domain"  # state, domain → n, budgets
    STAGE = (
        "stage"  # stage, is_passed, days → n: once by year (without `branch`, but for BRANCH), once by branch
    )
    ENDING = "ending"  # ending → n: the projects that ever had it


class Reach(StrEnum):
    """Who may read what a row counts, besides its desk and those around it."""

    NETWORK = "network"
    BRANCH = "branch"
    FEW = "few"  # a body alone, or nobody else: withdrawn


class Tally(models.Model):
    """So many projects (or stages) more, or less, of one description: a count is the sum of its rows.

    The triggers of projects, stage reports and moves append here, in the transaction of what they count: never an
    update, so nobody waits for anybody. A job folds the rows of one description into one (`services.tally`).
    `year` is that of the start (`NO_YEAR`: not started).
    """

    cube = models.CharField(max_length=8)
    reach = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField(null=True)
    branch = models.ForeignKey(
        Branch, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    domain = models.ForeignKey(
        Domain, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    version = models.ForeignKey(
        LifecycleVersion, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    state = models.CharField(max_length=10, blank=True)
    passed = models.PositiveSmallIntegerField(null=True)
    cause = models.CharField(max_length=12, blank=True)
    stage = models.ForeignKey(
        Stage, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    is_passed = models.BooleanField(null=True)
    # From the day a stage was entered to the day it was passed; empty when one of them is not known.
    days = models.IntegerField(null=True)
    ending = models.ForeignKey(
        Ending, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    n = models.IntegerField()
    planned = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    committed = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    spent = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    is_folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["reach", "year"], name="projects_tally_year"),
            models.Index(fields=["reach", "branch"], name="projects_tally_branch"),
            models.Index(
                fields=["cube"], condition=models.Q(is_folded=False), name="projects_tally_unfolded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cube} {self.n:+}"
