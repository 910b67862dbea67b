"""What challenges keep of a person: those they animate, and what they did there."""

from ozeli.core.personal_data import Holding, deleted, own_rows, register, unsigned

register(
    Holding(
        "challenges.ChallengeAnimator",
        ("user",),
        "Les défis que vous animez",
        "Le défi reste, sans vous dans son équipe.",
        own_rows("challenges.ChallengeAnimator", "user", challenge__title="défi", role="rôle"),
        deleted("challenges.ChallengeAnimator", "user"),
    ),
    Holding(
        "challenges.Challenge",
        ("created_by",),
        "Les défis que vous avez créés",
        "Ils restent, sans personne.",
        own_rows("challenges.Challenge", "created_by", title="défi", created_on="le"),
        unsigned("challenges.Challenge", "created_by"),
    ),
    Holding(
        "challenges.PhaseChange",
        ("actor",),
        "Les dates de défis que vous avez changées",
        "Le changement et sa raison restent, sans personne.",
        own_rows("challenges.PhaseChange", "actor", challenge__title="défi", reason="raison", made_at="le"),
        unsigned("challenges.PhaseChange", "actor"),
    ),
    Holding(
        "challenges.CommunicationStep",
        ("done_by",),
        "Ce que vous avez fait connaître d’un défi",
        "L’étape reste, sans personne.",
        own_rows(
            "challenges.CommunicationStep", "done_by", challenge__title="défi", title="quoi", done_on="le"
        ),
        unsigned("challenges.CommunicationStep", "done_by"),
    ),
)
