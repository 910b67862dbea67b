"""The screens of what stages taught, of methods, of lifecycles and of stopped projects."""

from collections.abc import Callable

from ..visitor import Visitor
from .acts import sent_empty
from .screen import Screen, link

COMPOSED = "/administration/parcours/essai-3/version/"
ADMIN = "admin"


def _composed(pattern: str = "") -> Callable[[Visitor], str]:
    """A page of the version being composed, which is prepared when there is none."""

    def path(visitor: Visitor) -> str:
        visitor.open("/projets/parcours/essai-3/")
        if visitor.page.get_by_role("button", name="Préparer une nouvelle version").count():
            visitor.press("Préparer une nouvelle version")
        return link(COMPOSED, f"{COMPOSED}{pattern}")(visitor) if pattern else COMPOSED

    return path


SCREENS = [
    Screen("reports", "projects:reports", "agent", "/projets/bilans/", sort="list"),
    Screen(
        "reports-of-stage",
        "projects:reports",
        "agent",
        "/projets/bilans/?etape=prototype&dit=echecs",
        sort="list",
    ),
    Screen("reports-none", "projects:reports", "agent", "/projets/bilans/?mots=zzzz", sort="list"),
    Screen("methods", "projects:methods", "agent", "/projets/methodes/", sort="list"),
    Screen("methods-none", "projects:methods", "agent", "/projets/methodes/?mots=zzzz", sort="list"),
    Screen("method", "projects:method", "agent", "/projets/methodes/entretiens/"),
    Screen("stopped", "projects:stopped", "agent", "/cimetiere/essais/", sort="list"),
    Screen("stopped-none", "projects:stopped", "agent", "/cimetiere/essais/?mots=zzzz", sort="list"),
    Screen("lifecycles", "projects:lifecycles", "agent", "/projets/parcours/"),
    Screen("lifecycle", "projects:lifecycle", "agent", "/projets/parcours/poc-7/"),
    Screen("lifecycle-version", "projects:lifecycle_version", "agent", "/projets/parcours/poc-7/v1/"),
    Screen("methods-kept", "portal:catalogue", ADMIN, "/administration/listes/methodes/", sort="admin"),
    Screen("lifecycles-kept", "projects:lifecycles", ADMIN, "/projets/parcours/", sort="admin"),
    Screen(
        "lifecycle-settings",
        "projects:lifecycle_settings",
        ADMIN,
        "/administration/parcours/poc-7/",
        sort="admin",
    ),
    Screen(
        "lifecycle-copy",
        "projects:lifecycle_copy",
        ADMIN,
        "/administration/parcours/poc-7/copier/",
        sort="admin",
    ),
    Screen("lifecycle-composed", "projects:lifecycle_compose", ADMIN, _composed(), sort="admin"),
    Screen("lifecycle-publish", "projects:lifecycle_publish", ADMIN, _composed("publier/"), sort="admin"),
    Screen("lifecycle-discard", "projects:lifecycle_discard", ADMIN, _composed("abandonner/"), sort="admin"),
    Screen(
        "lifecycle-stage-new-refused",
        "projects:lifecycle_stage_new",
        ADMIN,
        _composed("etapes/ajouter/"),
        sort="admin",
        act=sent_empty,
    ),
    Screen("lifecycle-stage", "projects:lifecycle_stage", ADMIN, _composed(r"etapes/\d+/"), sort="admin"),
    Screen(
        "lifecycle-stage-remove",
        "projects:lifecycle_stage_remove",
        ADMIN,
        _composed(r"etapes/\d+/retirer/"),
        sort="admin",
    ),
    Screen(
        "lifecycle-ending-new",
        "projects:lifecycle_ending_new",
        ADMIN,
        _composed("suites/ajouter/"),
        sort="admin",
    ),
    Screen("lifecycle-ending", "projects:lifecycle_ending", ADMIN, _composed(r"suites/\d+/"), sort="admin"),
    Screen(
        "lifecycle-ending-remove",
        "projects:lifecycle_ending_remove",
        ADMIN,
        _composed(r"suites/\d+/retirer/"),
        sort="admin",
    ),
]
