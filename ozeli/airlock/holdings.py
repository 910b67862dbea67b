"""What the airlock keeps of a person: of those who work at the desk; of authors nothing, nobody knows them."""

from ozeli.core.personal_data import Holding, own_rows, register, unsigned

register(
    Holding(
        "airlock.Deposit",
        ("decided_by",),
        "Les dépôts anonymes que vous avez relus",
        "Ils restent, sans votre nom. L’auteur d’un dépôt anonyme n’est connu de personne.",
        own_rows("airlock.Deposit", "decided_by", state="décision", decided_on="mois"),
        unsigned("airlock.Deposit", "decided_by"),
    ),
    Holding(
        "airlock.AirlockMessage",
        ("written_by",),
        "Vos messages à des auteurs anonymes",
        "Ils restent, sans votre nom.",
        own_rows("airlock.AirlockMessage", "written_by", body="message", month="mois"),
        unsigned("airlock.AirlockMessage", "written_by"),
    ),
)
