"""The network's synonyms. The index itself (`search_doc`, `search_lexeme`) is plain SQL: see `store`."""

from django.db import models


class Synonym(models.Model):
    """A term and the words or expressions that mean the same (« RSA », « revenu de solidarité active »)."""

    term = models.CharField("terme", max_length=60, unique=True)
    expansions = models.JSONField("équivalents", default=list)

    class Meta:
        ordering = ["term"]
        verbose_name = "synonyme"

    def __str__(self) -> str:
        return self.term
