"""What a challenge makes of its ideas: those that votes selected, the prizes given, the results told."""

from django.conf import settings
from django.db import models

from ozeli.challenges.models import Challenge, Prize


class Selection(models.Model):
    """An idea that reached the number of votes which selects, once a round. A vote taken back changes nothing to it."""

    idea = models.ForeignKey(
        "ideas.Idea", models.CASCADE, related_name="selections", db_index=False, verbose_name="idée"
    )
    round = models.PositiveSmallIntegerField("tour")
    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="+")
    threshold = models.PositiveIntegerField("votes qui sélectionnent")
    # The month alone for an anonymous idea, as its first day.
    selected_on = models.DateField("sélectionnée le")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "round"], name="ideas_selected_once")]
        verbose_name = "sélection par les votes"

    def __str__(self) -> str:
        return f"{self.idea_id} {self.threshold}"


class IdeaPrize(models.Model):
    """A prize of a challenge, given to an idea. Everybody reads it once the results are out."""

    idea = models.ForeignKey("ideas.Idea", models.PROTECT, related_name="prizes", verbose_name="idée")
    prize = models.ForeignKey(Prize, models.PROTECT, related_name="given", db_index=False)
    words = models.CharField("ce qui a convaincu", max_length=300, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    given_on = models.DateField("donné le")

    class Meta:
        ordering = ["prize__position", "prize_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prize", "idea"],
                name="ideas_prize_once",
                violation_error_message="Ce prix est déjà donné à cette idée.",
            )
        ]
        verbose_name = "prix donné"

    def __str__(self) -> str:
        return f"{self.prize_id} {self.idea_id}"


class ResultsTold(models.Model):
    """The results of a challenge were told to the authors of its ideas: once."""

    challenge = models.OneToOneField(Challenge, models.CASCADE, primary_key=True, related_name="+")
    told_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.challenge_id}"
