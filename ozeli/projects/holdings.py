"""What projects keep of a person: those they are around, and what they did or wrote there."""

from ozeli.core.personal_data import Holding, deleted, own_rows, register, unsigned

_STAYS = "Le texte reste, sans personne."


def _kept(model: str, column: str, heading: str, rule: str = _STAYS, /, **shown: str) -> Holding:
    """A table whose rows stay, unsigned."""
    return Holding(model, (column,), heading, rule, own_rows(model, column, **shown), unsigned(model, column))


register(
    Holding(
        "projects.ProjectMember",
        ("user",),
        "Les projets que vous portez ou accompagnez",
        "Le projet reste, sans vous dans son équipe.",
        own_rows(
            "projects.ProjectMember",
            "user",
            project__title="projet",
            role="rôle",
            part="ce que vous y faites",
            joined_on="depuis",
        ),
        deleted("projects.ProjectMember", "user"),
    ),
    _kept(
        "projects.Project",
        "updated_by",
        "Les projets dont vous avez dit l’état en dernier",
        title="projet",
        weather_line="en une ligne",
        next_step="prochain pas",
        updated_on="le",
    ),
    _kept(
        "projects.ProjectUpdate",
        "author",
        "Les points d’avancement que vous avez faits",
        project__title="projet",
        line="en une ligne",
        next_step="prochain pas",
        said_on="le",
    ),
    _kept(
        "projects.ProjectMove",
        "actor",
        "Les changements d’état que vous avez faits",
        project__title="projet",
        target="nouvel état",
        note="raison",
        lesson="ce que d’autres peuvent en apprendre",
        made_on="le",
    ),
    _kept(
        "projects.LogEntry",
        "author",
        "Vos billets de journal de bord",
        project__title="projet",
        body="billet",
        written_on="le",
    ),
    _kept(
        "projects.StageReport",
        "written_by",
        "Les bilans d’étape que vous avez écrits en dernier",
        project__title="projet",
        stage__name="étape",
        done="ce qui a été fait",
        written_on="le",
    ),
    _kept(
        "projects.Passage",
        "actor",
        "Les étapes que vous avez passées",
        "Le passage reste, sans personne.",
        project__title="projet",
        note="remarque",
        made_on="le",
    ),
    Holding(
        "projects.Gate",
        ("decider", "decided_by"),
        "Les jalons que vous décidez ou avez décidés",
        "La décision et sa raison restent, sans personne.",
        own_rows(
            "projects.Gate",
            "decided_by",
            project__title="projet",
            stage__name="étape",
            verdict="décision",
            reason="raison",
            decided_on="le",
        ),
        unsigned("projects.Gate", "decider", "decided_by"),
    ),
    _kept(
        "projects.Measure",
        "author",
        "Les mesures que vous avez relevées",
        "La mesure reste, sans personne.",
        indicator__name="indicateur",
        measured_on="le",
        value="valeur",
    ),
    _kept(
        "projects.LifecycleVersion",
        "made_by",
        "Les versions de parcours que vous avez composées",
        "La version reste, sans personne.",
        lifecycle__name="parcours",
        number="version",
        published_on="publiée le",
    ),
    Holding(
        "projects.Synthesis",
        ("created_by", "published_by"),
        "Les synthèses que vous avez commencées ou publiées",
        "La synthèse reste, sans vous. La signature qui y est imprimée reste celle du document.",
        own_rows(
            "projects.Synthesis",
            "created_by",
            title="synthèse",
            created_on="commencée le",
            published_on="publiée le",
        ),
        unsigned("projects.Synthesis", "created_by", "published_by"),
    ),
    _kept(
        "projects.SynthesisSection",
        "written_by",
        "Les sections de synthèse que vous avez écrites",
        synthesis__title="synthèse",
        title="section",
        body="texte",
        written_on="le",
    ),
)
