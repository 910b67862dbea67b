"""The permission table: who gets what at every address of the portal.

Personas (tests/personas.py): alice, bob, charlie consult; rita contributes for alice's body, nora for the network; adam
administers; sonia may all; dev keeps it running; zoe has no profile.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from ozeli.accounts.models import Membership
from ozeli.airlock.models import Deposit
from ozeli.challenges.enums import ChallengeState
from ozeli.challenges.models import Challenge
from ozeli.core import clock
from ozeli.engagement.models import Comment
from ozeli.ideas.models import AnswerTemplate, Idea
from ozeli.people.models import PersonPage
from ozeli.portal.models import HomeBrick
from ozeli.transfers.models import ImportRun
from tests.airlock.factories import DepositFactory
from tests.factories import ChallengeFactory, CommentFactory
from tests.personas import Cast


@dataclass(frozen=True)
class World:
    """What the addresses of the table are about: ideas of alice's body, `shown` to the network (non retenue), `inner`
    to that body (déposée), `studied` to the network (à l’étude)."""

    people: Cast
    shown: Idea
    inner: Idea
    studied: Idea

    @property
    def challenge(self) -> Challenge:
        """Open to the network, in its phase of deposits, carried by alice's body."""
        return Challenge.objects.filter(slug="table").first() or ChallengeFactory(
            slug="table", organisation=self.people.loire
        )

    @property
    def comment(self) -> Comment:
        return Comment.objects.filter(object_id=self.inner.pk).first() or CommentFactory(idea=self.inner)

    @property
    def membership(self) -> Membership:
        return self.people.alice.memberships.get()


@dataclass(frozen=True)
class Row:
    """An address: how to make it, the statuses by method, the fields of its POST."""

    path: Callable[[World], str]
    methods: Mapping[str, str]
    data: Callable[[World], dict[str, Any]] = field(default=lambda world: {})


def at(path: str) -> Callable[[World], str]:
    return lambda world: path


def on(idea: str, tail: str = "") -> Callable[[World], str]:
    return lambda world: getattr(world, idea).get_absolute_url() + tail


def a_draft(tail: str = "") -> Callable[[World], str]:
    """The preparation of a challenge, carried by alice's body."""

    def path(world: World) -> str:
        drafts = Challenge.objects.filter(state=ChallengeState.DRAFT)
        draft = drafts.first() or ChallengeFactory(
            state=ChallengeState.DRAFT, organisation=world.people.loire
        )
        return f"/defis/nouveau/{draft.pk}/{tail}"

    return path


def a_comment(tail: str) -> Callable[[World], str]:
    return lambda world: f"{world.inner.get_absolute_url()}commentaires/{world.comment.pk}/{tail}"


def desk(idea: str, tail: str = "") -> Callable[[World], str]:
    return lambda world: f"/animation/{getattr(world, idea).short}/{tail}"


def brick_of_home(tail: str = "") -> Callable[[World], str]:
    return lambda world: f"/administration/accueil/{HomeBrick.objects.get(kind='todo').pk}/{tail}"


def account(tail: str) -> Callable[[World], str]:
    return lambda world: f"/administration/personnes/{world.people.zoe.pk}/compte/{tail}"


def an_import(tail: str = "") -> Callable[[World], str]:
    """The address of an import that is over."""

    def path(world: World) -> str:
        state = {"importer": "organisations", "file_name": "organismes.csv", "state": ImportRun.State.DONE}
        run = ImportRun.objects.filter(**state).first() or ImportRun.objects.create(size=10, **state)
        return f"{run.get_absolute_url()}{tail}"

    return path


def exchange(tail: str = "") -> Callable[[World], str]:
    return lambda world: f"{world.challenge.get_absolute_url()}echange/{tail}"


def an_exchange(tail: str = "") -> Callable[[World], str]:
    """The address of a list that nora brought back, over."""

    def path(world: World) -> str:
        slug, state = world.challenge.slug, ImportRun.State.DONE
        told = {"importer": "challenge-ideas", "file_name": "liste.xlsx", "size": 10}
        run, _made = ImportRun.objects.get_or_create(
            owner=world.people.nora, subject=slug, state=state, defaults=told
        )
        return f"{run.get_absolute_url()}{tail}"

    return path


def a_template(tail: str = "") -> Callable[[World], str]:
    """An answer template of the network."""

    def path(world: World) -> str:
        words = {
            "verdict": "not_retained",
            "text": "Merci pour cette idée, {auteur}.",
            "written_on": clock.today(),
        }
        template, _created = AnswerTemplate.objects.get_or_create(title="Merci", defaults=words)
        return f"/animation/reponses-types/{template.pk}/{tail}"

    return path


def a_deposit(tail: str = "") -> Callable[[World], str]:
    """What came out of the urn and is to be read again."""

    def path(world: World) -> str:
        return f"/animation/sas/{(Deposit.objects.first() or DepositFactory()).pk}/{tail}"

    return path


EVERYONE = "*=200"
READERS = "dev,zoe=404 *=200"  # consult the ideas
DESK = "dev,zoe=404 alice,bob,charlie=403 *=200"  # contribute somewhere
RIGHTS = "adam,sonia=200 *=404"
OPERATIONS = "dev,sonia=200 *=404"
# What came out of the urn belongs to no body: for those who work the ideas of the whole network.
HELD = "dev,zoe=404 alice,bob,charlie=403 rita=404 *=200"
# What the network keeps is read by all who consult it, and changed by those who administer it.
LIST_KEEPERS = "adam,sonia=200 dev,zoe=404 *=403"
KEPT = LIST_KEEPERS.replace("200", "302")
HOME = "adam,sonia=200 *=404"
# The preparation of a challenge of alice's body: nobody else knows that it exists.
TEAM = "rita,nora,adam,sonia=200 *=404"
# `inner` is seen by its body (alice, zoe has no profile), its référents, the network's desk.
INNER = "alice,rita,nora,adam,sonia=200 *=404"
# Its référents alone, once past the desk's own door.
INNER_DESK = "dev,zoe=404 alice,bob,charlie=403 *=200"

# What its author and its desk do to `inner`.
KEEPERS = INNER
# What only its author does to `inner`: those who see it are told no, the others find nothing.
AUTHOR = "alice=200 rita,nora,adam,sonia=403 *=404"

# Give roles of the directory: those who work the ideas of a body, those who administer the directory.
GIVERS = "rita,nora,adam,sonia=200 *=404"


def page_of_bob(tail: str = "") -> Callable[[World], str]:
    def path(world: World) -> str:
        page, _created = PersonPage.objects.get_or_create(
            user=world.people.bob, defaults={"is_open": True, "takes_mail": True}
        )
        return page.get_absolute_url() + tail

    return path


TABLE: dict[str, Row] = {
    # portal
    "": Row(at("/"), {"GET": EVERYONE}),
    "outils/": Row(at("/outils/"), {"GET": READERS}),
    "donnees-cles/": Row(at("/donnees-cles/"), {"GET": READERS}),
    "donnees-cles/export.csv": Row(at("/donnees-cles/export.csv"), {"GET": READERS}),
    "exploitation/": Row(at("/exploitation/"), {"GET": OPERATIONS}),
    "exploitation/taches/": Row(at("/exploitation/taches/"), {"GET": OPERATIONS}),
    "exploitation/taches/export.csv": Row(at("/exploitation/taches/export.csv"), {"GET": OPERATIONS}),
    "exploitation/taches/<int:pk>/annuler/": Row(
        at("/exploitation/taches/999/annuler/"), {"POST": "dev,sonia=302 *=404"}
    ),
    "exploitation/taches/<int:pk>/relancer/": Row(
        at("/exploitation/taches/999/relancer/"), {"POST": "dev,sonia=409 *=404"}
    ),
    "aide/": Row(at("/aide/"), {"GET": "anon,*=200"}),
    "glossaire/": Row(at("/glossaire/"), {"GET": "anon,*=200"}),
    "accessibilite/": Row(at("/accessibilite/"), {"GET": "anon,*=200"}),
    "vos-donnees/": Row(at("/vos-donnees/"), {"GET": "anon,*=200"}),
    "anonymat/": Row(at("/anonymat/"), {"GET": "anon,*=200"}),
    "contact/": Row(at("/contact/"), {"GET": "anon,*=200"}),
    # core
    "theme/": Row(at("/theme/"), {"POST": "anon,*=302"}, lambda world: {"theme": "dark"}),
    "composants/": Row(at("/composants/"), {"GET": EVERYONE}),
    # accounts
    "connexion/": Row(at("/connexion/"), {"GET": "anon=200 *=302", "POST": "anon=422 *=302"}),
    "deconnexion/": Row(at("/deconnexion/"), {"GET": "anon=302 *=200", "POST": "anon,*=302"}),
    "connexion/code/": Row(at("/connexion/code/"), {"GET": "anon,*=302", "POST": "anon,*=302"}),
    "connexion/agent/": Row(at("/connexion/agent/"), {"GET": "anon,*=404", "POST": "anon,*=404"}),
    "connexion/agent/retour/": Row(at("/connexion/agent/retour/"), {"GET": "anon,*=404"}),
    "invitation/<str:token>/": Row(
        at("/invitation/un-faux~jeton/"), {"GET": "anon,*=404", "POST": "anon,*=404"}
    ),
    "moi/confirmer/code/": Row(at("/moi/confirmer/code/"), {"GET": "*=302", "POST": "*=302"}),
    "moi/confirmer/cle/": Row(at("/moi/confirmer/cle/"), {"GET": "*=302", "POST": "*=302"}),
    # Everybody protects their own account; a change asks for the password again.
    "moi/securite/": Row(at("/moi/securite/"), {"GET": EVERYONE}),
    "moi/securite/application/": Row(at("/moi/securite/application/"), {"GET": "*=302", "POST": "*=302"}),
    "moi/securite/application/retirer/": Row(
        at("/moi/securite/application/retirer/"), {"GET": "*=404", "POST": "*=404"}
    ),
    "moi/securite/cles/ajouter/": Row(at("/moi/securite/cles/ajouter/"), {"GET": "*=302", "POST": "*=302"}),
    "moi/securite/cles/<int:pk>/renommer/": Row(
        at("/moi/securite/cles/999/renommer/"), {"GET": "*=302", "POST": "*=302"}
    ),
    "moi/securite/cles/<int:pk>/retirer/": Row(
        at("/moi/securite/cles/999/retirer/"), {"GET": "*=302", "POST": "*=302"}
    ),
    "moi/securite/codes/": Row(at("/moi/securite/codes/"), {"GET": "*=404"}),
    "moi/securite/codes/nouveaux/": Row(
        at("/moi/securite/codes/nouveaux/"), {"GET": "*=302", "POST": "*=302"}
    ),
    "moi/securite/codes/codes-de-secours.txt": Row(
        at("/moi/securite/codes/codes-de-secours.txt"), {"GET": "*=404"}
    ),
    "moi/sessions/": Row(at("/moi/sessions/"), {"GET": EVERYONE}),
    "moi/sessions/<int:pk>/fermer/": Row(at("/moi/sessions/999/fermer/"), {"POST": "*=404"}),
    "moi/sessions/fermer-les-autres/": Row(at("/moi/sessions/fermer-les-autres/"), {"POST": "*=302"}),
    "compte-ferme/": Row(at("/compte-ferme/"), {"GET": "anon,*=200"}),
    "moi/mot-de-passe/": Row(at("/moi/mot-de-passe/"), {"GET": EVERYONE, "POST": "anon=302 *=422"}),
    "moi/confirmer/": Row(at("/moi/confirmer/"), {"GET": EVERYONE, "POST": "anon=302 *=422"}),
    "mot-de-passe-oublie/": Row(at("/mot-de-passe-oublie/"), {"GET": "anon,*=200", "POST": "anon,*=422"}),
    "mot-de-passe-oublie/envoye/": Row(at("/mot-de-passe-oublie/envoye/"), {"GET": "anon,*=200"}),
    "mot-de-passe-oublie/change/": Row(at("/mot-de-passe-oublie/change/"), {"GET": "anon,*=200"}),
    r"^mot-de-passe-oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Row(
        at("/mot-de-passe-oublie/1-faux-jeton/"), {"GET": "anon,*=200", "POST": "anon,*=200"}
    ),
    "moi/": Row(at("/moi/"), {"GET": EVERYONE}),
    "moi/texte-garde/": Row(at("/moi/texte-garde/"), {"POST": "*=302"}),
    "administration/": Row(at("/administration/"), {"GET": "dev,adam,sonia=200 *=404"}),
    "administration/matrice/": Row(
        at("/administration/matrice/"), {"GET": RIGHTS, "POST": "adam,sonia=302 *=404"}
    ),
    "administration/matrice/export.csv": Row(at("/administration/matrice/export.csv"), {"GET": RIGHTS}),
    "administration/personnes/": Row(at("/administration/personnes/"), {"GET": RIGHTS}),
    "administration/personnes/export.csv": Row(at("/administration/personnes/export.csv"), {"GET": RIGHTS}),
    "administration/personnes/<int:pk>/": Row(
        lambda world: f"/administration/personnes/{world.people.alice.pk}/",
        {"GET": RIGHTS, "POST": "adam,sonia=422 *=404"},
    ),
    "administration/personnes/<int:pk>/profils/<int:membership>/fin/": Row(
        lambda world: f"/administration/personnes/{world.people.bob.pk}/profils/{world.membership.pk}/fin/",
        {"POST": "*=404"},
    ),
    "administration/personnes/<int:pk>/compte/": Row(account(""), {"GET": RIGHTS}),
    "administration/personnes/<int:pk>/compte/fermer/": Row(
        account("fermer/"), {"POST": "adam,zoe=302 sonia=409 *=404"}
    ),
    "administration/personnes/<int:pk>/compte/rouvrir/": Row(
        account("rouvrir/"), {"POST": "adam,sonia=409 *=404"}
    ),
    "administration/personnes/<int:pk>/compte/sessions/": Row(
        account("sessions/"), {"POST": "adam,sonia=302 *=404"}
    ),
    "administration/personnes/<int:pk>/compte/second-facteur/": Row(
        account("second-facteur/"), {"POST": "adam,sonia=409 *=404"}
    ),
    "administration/invitations/": Row(at("/administration/invitations/"), {"GET": RIGHTS}),
    "administration/invitations/export.csv": Row(
        at("/administration/invitations/export.csv"), {"GET": RIGHTS}
    ),
    "administration/invitations/nouvelle/": Row(
        at("/administration/invitations/nouvelle/"), {"GET": RIGHTS, "POST": "adam,sonia=422 *=404"}
    ),
    "administration/invitations/<int:pk>/renvoyer/": Row(
        at("/administration/invitations/999/renvoyer/"), {"POST": "*=404"}
    ),
    "administration/invitations/<int:pk>/annuler/": Row(
        at("/administration/invitations/999/annuler/"), {"POST": "*=404"}
    ),
    "administration/connexion-unique/": Row(
        at("/administration/connexion-unique/"), {"GET": RIGHTS, "POST": "adam,sonia=422 *=404"}
    ),
    "administration/connexion-unique/export.csv": Row(
        at("/administration/connexion-unique/export.csv"), {"GET": RIGHTS}
    ),
    "administration/connexion-unique/<int:pk>/retirer/": Row(
        at("/administration/connexion-unique/999/retirer/"), {"POST": "*=404"}
    ),
    "administration/personnes/<int:pk>/fiche/": Row(
        lambda world: f"/administration/personnes/{world.people.alice.pk}/fiche/",
        {"GET": RIGHTS, "POST": "adam,sonia=422 *=404"},
    ),
    "administration/personnes/<int:pk>/profils/<int:membership>/prolonger/": Row(
        lambda world: (
            f"/administration/personnes/{world.people.alice.pk}/profils/{world.membership.pk}/prolonger/"
        ),
        {"GET": RIGHTS, "POST": "adam,sonia=422 *=404"},
    ),
    "administration/personnes/<int:pk>/profils/<int:membership>/retablir/": Row(
        lambda world: (
            f"/administration/personnes/{world.people.alice.pk}/profils/{world.membership.pk}/retablir/"
        ),
        {"POST": "adam,sonia=302 *=404"},
    ),
    "moi/delegations/": Row(at("/moi/delegations/"), {"GET": EVERYONE, "POST": "anon=302 *=422"}),
    "moi/delegations/<int:pk>/fin/": Row(at("/moi/delegations/999999/fin/"), {"POST": "*=404"}),
    "administration/journal/": Row(at("/administration/journal/"), {"GET": RIGHTS}),
    "administration/journal/export.csv": Row(at("/administration/journal/export.csv"), {"GET": RIGHTS}),
    "administration/listes/<slug:catalogue>/": Row(
        at("/administration/listes/domaines/"), {"GET": LIST_KEEPERS}
    ),
    "administration/listes/<slug:catalogue>/export.csv": Row(
        at("/administration/listes/organismes/export.csv"), {"GET": LIST_KEEPERS}
    ),
    "administration/listes/<slug:catalogue>/ajouter/": Row(
        at("/administration/listes/outils/ajouter/"),
        {"GET": LIST_KEEPERS, "POST": LIST_KEEPERS.replace("200", "422")},
    ),
    "administration/listes/<slug:catalogue>/<int:pk>/": Row(
        lambda world: f"/administration/listes/organismes/{world.people.loire.pk}/",
        {"GET": LIST_KEEPERS, "POST": LIST_KEEPERS.replace("200", "422")},
    ),
    "administration/listes/<slug:catalogue>/<int:pk>/archiver/": Row(
        lambda world: f"/administration/listes/organismes/{world.people.loire.pk}/archiver/",
        {"POST": KEPT},
        lambda world: {"want": "1"},
    ),
    "administration/listes/<slug:catalogue>/<int:pk>/deplacer/": Row(
        lambda world: f"/administration/listes/branches/{world.people.loire.branch_id}/deplacer/",
        {"POST": KEPT},
    ),
    "administration/listes/<slug:catalogue>/annuler/<int:entry>/": Row(
        at("/administration/listes/branches/annuler/999999/"), {"POST": LIST_KEEPERS.replace("200", "404")}
    ),
    "administration/delais/": Row(
        at("/administration/delais/"), {"GET": LIST_KEEPERS, "POST": LIST_KEEPERS.replace("200", "422")}
    ),
    "administration/delais/etapes/": Row(
        at("/administration/delais/etapes/"), {"POST": LIST_KEEPERS.replace("200", "422")}
    ),
    "administration/reponses/": Row(at("/administration/reponses/"), {"GET": LIST_KEEPERS}),
    "administration/reponses/export.csv": Row(
        at("/administration/reponses/export.csv"), {"GET": LIST_KEEPERS}
    ),
    "administration/reponses/<slug:code>/": Row(
        at("/administration/reponses/cpam-loire/"),
        {"GET": LIST_KEEPERS, "POST": LIST_KEEPERS.replace("200", "422")},
    ),
    "administration/delais/annuler/<int:entry>/": Row(
        at("/administration/delais/annuler/999999/"), {"POST": LIST_KEEPERS.replace("200", "404")}
    ),
    "administration/accueil/": Row(at("/administration/accueil/"), {"GET": HOME}),
    "administration/accueil/ajouter/": Row(
        at("/administration/accueil/ajouter/"), {"POST": HOME.replace("200", "422")}
    ),
    "administration/accueil/apercu/": Row(at("/administration/accueil/apercu/?profil=reader"), {"GET": HOME}),
    "administration/accueil/<int:pk>/": Row(
        brick_of_home(),
        {"GET": HOME, "POST": "anon=401 " + HOME.replace("200", "302")},
        lambda world: {"version": "1"},
    ),
    "administration/accueil/<int:pk>/afficher/": Row(
        brick_of_home("afficher/"), {"POST": HOME.replace("200", "302")}, lambda world: {"want": "1"}
    ),
    "administration/accueil/<int:pk>/retirer/": Row(brick_of_home("retirer/"), {"POST": "adam=302 *=404"}),
    "administration/accueil/<int:pk>/deplacer/": Row(
        brick_of_home("deplacer/"), {"POST": HOME.replace("200", "302")}
    ),
    "administration/accueil/annuler/<int:entry>/": Row(
        at("/administration/accueil/annuler/999999/"), {"POST": "*=404"}
    ),
    # people
    "annuaire/": Row(at("/annuaire/"), {"GET": READERS}),
    "annuaire/export.csv": Row(at("/annuaire/export.csv"), {"GET": GIVERS}),
    "annuaire/ambassadeur/": Row(at("/annuaire/ambassadeur/"), {"GET": READERS, "POST": "dev,zoe=404 *=302"}),
    "annuaire/roles/": Row(at("/annuaire/roles/"), {"GET": GIVERS, "POST": "rita,nora,adam,sonia=422 *=404"}),
    "annuaire/roles/<int:pk>/reponse/": Row(
        at("/annuaire/roles/999/reponse/"), {"POST": "rita,nora,adam,sonia=409 *=404"}
    ),
    "annuaire/roles/<int:pk>/fin/": Row(
        at("/annuaire/roles/999/fin/"), {"POST": "rita,nora,adam,sonia=409 *=404"}
    ),
    "personnes/<short:short>-<slug:slug>/": Row(page_of_bob(), {"GET": READERS}),
    "personnes/<short:short>-<slug:slug>/ecrire/": Row(
        page_of_bob("ecrire/"), {"GET": READERS, "POST": "dev,zoe=404 *=422"}
    ),
    "moi/page/": Row(at("/moi/page/"), {"GET": EVERYONE, "POST": "*=302"}),
    "moi/donnees/": Row(at("/moi/donnees/"), {"GET": EVERYONE}),
    "moi/donnees/copie/": Row(at("/moi/donnees/copie/"), {"POST": "*=302"}),
    "moi/donnees/copie/<uuid:pk>.zip": Row(
        lambda world: f"/moi/donnees/copie/{uuid4()}.zip", {"GET": "*=404"}
    ),
    "moi/donnees/effacer/": Row(at("/moi/donnees/effacer/"), {"POST": "*=422"}),
    "moi/donnees/garder/": Row(at("/moi/donnees/garder/"), {"POST": "*=409"}),
    "moi/recherches/": Row(at("/moi/recherches/"), {"GET": EVERYONE}),
    "moi/recherches/nouvelle/": Row(
        at("/moi/recherches/nouvelle/?liste=ideas"), {"GET": READERS, "POST": "dev,zoe=404 *=422"}
    ),
    "moi/recherches/<uuid:pk>/": Row(
        lambda world: f"/moi/recherches/{uuid4()}/", {"GET": "*=404", "POST": "*=404"}
    ),
    "moi/recherches/<uuid:pk>/supprimer/": Row(
        lambda world: f"/moi/recherches/{uuid4()}/supprimer/", {"POST": "*=302"}
    ),
    "moi/recherches/<uuid:pk>/flux/": Row(
        lambda world: f"/moi/recherches/{uuid4()}/flux/", {"POST": "*=404"}
    ),
    "moi/flux/": Row(at("/moi/flux/"), {"GET": EVERYONE}),
    "moi/flux/defis/": Row(at("/moi/flux/defis/"), {"POST": READERS.replace("200", "302")}),
    "flux/<str:token>.ics": Row(at("/flux/un-faux-jeton.ics"), {"GET": "anon,*=404"}),
    "idees/bouton/": Row(at("/idees/bouton/"), {"GET": READERS}),
    "defis/<slug:slug>/bouton/": Row(
        lambda world: f"{world.challenge.get_absolute_url()}bouton/", {"GET": READERS}
    ),
    "defis/<slug:slug>/agenda.ics": Row(
        lambda world: f"{world.challenge.get_absolute_url()}agenda.ics", {"GET": READERS}
    ),
    "defis/<slug:slug>/abonnement/": Row(
        lambda world: f"{world.challenge.get_absolute_url()}abonnement/",
        {"GET": READERS, "POST": READERS.replace("200", "302")},
    ),
    "moi/flux/<int:pk>/revoquer/": Row(at("/moi/flux/999/revoquer/"), {"POST": "*=302"}),
    "flux/<str:token>.atom": Row(at("/flux/nulle-part.atom"), {"GET": "anon,*=404"}),
    "administration/personnes/<int:pk>/effacement/": Row(
        lambda world: f"/administration/personnes/{world.people.alice.pk}/effacement/",
        {"GET": RIGHTS, "POST": "adam=302 sonia=409 *=404"},
    ),
    "administration/theme/": Row(
        at("/administration/theme/"), {"GET": HOME, "POST": HOME.replace("200", "302")}
    ),
    "administration/theme/essai.css": Row(at("/administration/theme/essai.css"), {"GET": HOME}),
    "administration/theme/annuler/<int:entry>/": Row(
        at("/administration/theme/annuler/999999/"), {"POST": "*=404"}
    ),
    "administration/theme/logo/": Row(
        at("/administration/theme/logo/"), {"POST": HOME.replace("200", "422")}
    ),
    "administration/theme/logo/retirer/": Row(
        at("/administration/theme/logo/retirer/"), {"POST": HOME.replace("200", "302")}
    ),
    "logo/<slug:mark>.webp": Row(at("/logo/0123456789abcdef.webp"), {"GET": "anon,*=404"}),
    "theme.css": Row(at("/theme.css"), {"GET": "anon,*=200"}),
    # network
    "organismes/": Row(at("/organismes/"), {"GET": READERS}),
    "organismes/export.csv": Row(at("/organismes/export.csv"), {"GET": READERS}),
    "organismes/suggestions/": Row(at("/organismes/suggestions/?q=caf"), {"GET": READERS}),
    "organismes/<slug:code>/": Row(lambda world: f"/organismes/{world.people.loire.code}/", {"GET": READERS}),
    # files
    "fichiers/<uuid:file>/": Row(lambda world: f"/fichiers/{uuid4()}/", {"GET": "*=404"}),
    "fichiers/<uuid:file>/<int:width>.<slug:suffix>": Row(
        lambda world: f"/fichiers/{uuid4()}/480.webp", {"GET": "*=404"}
    ),
    # search
    "recherche/": Row(at("/recherche/?q=sms"), {"GET": READERS}),
    "recherche/export.csv": Row(at("/recherche/export.csv?q=sms"), {"GET": READERS}),
    # activity
    "notifications/": Row(at("/notifications/"), {"GET": EVERYONE}),
    "notifications/lues/": Row(at("/notifications/lues/"), {"POST": "*=302"}),
    "moi/notifications/": Row(at("/moi/notifications/"), {"GET": EVERYONE, "POST": "*=422"}),
    "moi/notifications/origine/": Row(at("/moi/notifications/origine/"), {"POST": "*=302"}),
    "moi/notifications/liens/": Row(at("/moi/notifications/liens/"), {"POST": "*=302"}),
    "courriels/arreter/<str:token>/": Row(
        at("/courriels/arreter/1-faux~jeton/"), {"GET": "anon,*=404", "POST": "anon,*=404"}
    ),
    "administration/courriels/": Row(at("/administration/courriels/"), {"GET": RIGHTS}),
    "administration/courriels/export.csv": Row(at("/administration/courriels/export.csv"), {"GET": RIGHTS}),
    "administration/courriels/relancer/": Row(
        at("/administration/courriels/relancer/"), {"POST": "adam,sonia=302 *=404"}
    ),
    "administration/courriels/annuler/": Row(
        at("/administration/courriels/annuler/"), {"POST": "adam,sonia=302 *=404"}
    ),
    "administration/courriels/evenements/<int:pk>/": Row(
        at("/administration/courriels/evenements/999/"), {"POST": "adam,sonia=409 *=404"}
    ),
    "administration/courriels/<int:pk>/": Row(at("/administration/courriels/999/"), {"GET": "*=404"}),
    "administration/courriels/<int:pk>/apercu/": Row(
        at("/administration/courriels/999/apercu/"), {"GET": "*=404"}
    ),
    # ideas, for everyone
    "idees/": Row(at("/idees/"), {"GET": READERS}),
    "idees/export.csv": Row(at("/idees/export.csv"), {"GET": READERS}),
    "idees/deposer/": Row(at("/idees/deposer/"), {"GET": READERS, "POST": "dev,zoe=404 *=422"}),
    "idees/deposer/brouillon/": Row(
        at("/idees/deposer/brouillon/"), {"POST": "anon=401 " + READERS}, lambda world: {"problem": "Un"}
    ),
    "idees/deposer/ressemblances/": Row(at("/idees/deposer/ressemblances/"), {"POST": READERS}),
    "idees/deposer/relire/<uuid:draft>/": Row(
        lambda world: f"/idees/deposer/relire/{uuid4()}/", {"GET": "*=404", "POST": "*=404"}
    ),
    "mes-idees/export.csv": Row(at("/mes-idees/export.csv"), {"GET": READERS}),
    "mes-idees/": Row(at("/mes-idees/"), {"GET": READERS}),
    "mes-idees/brouillons/<uuid:draft>/supprimer/": Row(
        lambda world: f"/mes-idees/brouillons/{uuid4()}/supprimer/", {"POST": "*=404"}
    ),
    # one idea
    "idees/<short:short>-<slug:slug>/": Row(on("inner"), {"GET": INNER}),
    "idees/<short:short>-<slug:slug>/vote/": Row(
        on("inner", "vote/"), {"POST": INNER.replace("200", "302")}, lambda world: {"want": "1"}
    ),
    "idees/<short:short>-<slug:slug>/suivre/": Row(
        on("inner", "suivre/"), {"POST": INNER.replace("200", "302")}, lambda world: {"want": "1"}
    ),
    "idees/<short:short>-<slug:slug>/personnes/": Row(on("inner", "personnes/?q=al"), {"GET": INNER}),
    "idees/<short:short>-<slug:slug>/commentaires/": Row(
        on("inner", "commentaires/"),
        {"GET": INNER.replace("200", "302"), "POST": "anon=401 " + INNER.replace("200", "302")},
        lambda world: {"body": "Très utile."},
    ),
    "idees/<short:short>-<slug:slug>/commentaires/<uuid:comment>/": Row(
        lambda world: f"{world.inner.get_absolute_url()}commentaires/{world.comment.pk}/", {"GET": INNER}
    ),
    "idees/<short:short>-<slug:slug>/modifier/": Row(
        on("inner", "modifier/"), {"GET": AUTHOR, "POST": AUTHOR.replace("alice=200", "alice=422")}
    ),
    "idees/<short:short>-<slug:slug>/fichiers/": Row(
        on("inner", "fichiers/"),
        {"GET": KEEPERS, "POST": "anon=401 " + KEEPERS.replace("200", "404")},
        lambda world: {"retirer": str(uuid4())},
    ),
    "idees/<short:short>-<slug:slug>/retirer/": Row(
        on("inner", "retirer/"), {"GET": AUTHOR, "POST": AUTHOR.replace("alice=200", "alice=302")}
    ),
    "idees/<short:short>-<slug:slug>/avis/": Row(
        on("studied", "avis/"), {"GET": "charlie=200 *=404", "POST": "charlie=422 *=404"}
    ),
    "idees/<short:short>-<slug:slug>/relance/": Row(
        on("shown", "relance/"), {"GET": READERS, "POST": "dev,zoe=404 *=422"}
    ),
    # the desk
    "animation/": Row(at("/animation/"), {"GET": DESK}),
    "animation/personnes/": Row(at("/animation/personnes/?q=al"), {"GET": DESK}),
    "animation/decisions/": Row(at("/animation/decisions/"), {"GET": DESK}),
    "animation/relances/<int:pk>/": Row(
        at("/animation/relances/999/"),
        {"GET": "alice,bob,charlie=403 *=404", "POST": "alice,bob,charlie=403 *=404"},
    ),
    "animation/<short:short>/": Row(
        desk("inner"),
        {"GET": DESK, "POST": "anon=401 " + DESK.replace("200", "422")},
        lambda world: {"form": "qualifier"},
    ),
    "animation/<short:short>/decision/": Row(
        desk("studied", "decision/"), {"GET": DESK, "POST": DESK.replace("*=200", "*=409")}
    ),
    # the desk in depth
    "mes-avis/": Row(at("/mes-avis/"), {"GET": READERS}),
    "mes-avis/export.csv": Row(at("/mes-avis/export.csv"), {"GET": READERS}),
    "idees/<short:short>-<slug:slug>/completer/": Row(
        on("inner", "completer/"),
        {"GET": AUTHOR.replace("alice=200", "alice=302"), "POST": AUTHOR.replace("alice=200", "alice=422")},
    ),
    "animation/idees/": Row(at("/animation/idees/"), {"GET": DESK, "POST": DESK.replace("200", "422")}),
    "animation/idees/export.csv": Row(at("/animation/idees/export.csv"), {"GET": DESK}),
    "animation/idees/personnes/": Row(at("/animation/idees/personnes/?q=ri"), {"GET": DESK}),
    "animation/retards/": Row(at("/animation/retards/"), {"GET": DESK, "POST": DESK.replace("200", "422")}),
    "animation/retards/export.csv": Row(at("/animation/retards/export.csv"), {"GET": DESK}),
    "animation/retards/annuler/<uuid:batch>/": Row(
        lambda world: f"/animation/retards/annuler/{uuid4()}/", {"POST": DESK.replace("200", "302")}
    ),
    "reponses/": Row(at("/reponses/"), {"GET": READERS}),
    "reponses/export.csv": Row(at("/reponses/export.csv"), {"GET": READERS}),
    "reponses/<slug:code>/": Row(at("/reponses/cpam-loire/"), {"GET": READERS}),
    "reponses/<slug:code>/export.csv": Row(at("/reponses/cpam-loire/export.csv"), {"GET": READERS}),
    "animation/<short:short>/meme-idee/": Row(desk("inner", "meme-idee/"), {"GET": INNER_DESK}),
    "animation/<short:short>/meme-idee/<short:other>/": Row(
        lambda world: f"/animation/{world.inner.short}/meme-idee/{world.studied.short}/",
        {"GET": INNER_DESK, "POST": INNER_DESK.replace("200", "422")},
    ),
    "animation/<short:short>/meme-idee/<short:other>/regrouper/": Row(
        lambda world: f"/animation/{world.inner.short}/meme-idee/{world.studied.short}/regrouper/",
        {"GET": INNER_DESK, "POST": INNER_DESK.replace("200", "422")},
    ),
    "cimetiere/lecons/": Row(at("/cimetiere/lecons/"), {"GET": READERS}),
    "cimetiere/lecons/export.csv": Row(at("/cimetiere/lecons/export.csv"), {"GET": READERS}),
    "animation/lecons/nouvelle/": Row(
        at("/animation/lecons/nouvelle/"), {"GET": DESK, "POST": DESK.replace("200", "422")}
    ),
    "animation/lecons/<int:pk>/": Row(
        at("/animation/lecons/999/"), {"GET": DESK.replace("200", "404"), "POST": DESK.replace("200", "404")}
    ),
    "idees/<short:short>-<slug:slug>/relance/<int:pk>/moi-aussi/": Row(
        on("shown", "relance/999/moi-aussi/"), {"POST": "*=404"}
    ),
    # The right of alice, who signed it.
    "idees/<short:short>-<slug:slug>/second-regard/": Row(
        on("shown", "second-regard/"), {"GET": "alice=200 *=404", "POST": "alice=422 *=404"}
    ),
    "animation/seconds-regards/": Row(at("/animation/seconds-regards/"), {"GET": DESK}),
    "animation/seconds-regards/export.csv": Row(at("/animation/seconds-regards/export.csv"), {"GET": DESK}),
    "animation/<short:short>/second-regard/": Row(
        desk("shown", "second-regard/"),
        {"GET": DESK.replace("200", "404"), "POST": DESK.replace("200", "404")},
    ),
    "animation/regroupements/": Row(at("/animation/regroupements/"), {"GET": DESK}),
    "animation/regroupements/export.csv": Row(at("/animation/regroupements/export.csv"), {"GET": DESK}),
    "animation/regroupements/<int:pk>/": Row(
        at("/animation/regroupements/999/"),
        {"GET": DESK.replace("200", "404"), "POST": DESK.replace("200", "404")},
    ),
    "animation/voisines/": Row(at("/animation/voisines/"), {"GET": DESK}),
    "animation/voisines/export.csv": Row(at("/animation/voisines/export.csv"), {"GET": DESK}),
    "animation/voisines/<int:pk>/retirer/": Row(
        at("/animation/voisines/999/retirer/"),
        {"GET": DESK.replace("200", "404"), "POST": DESK.replace("200", "404")},
    ),
    "animation/avis/": Row(at("/animation/avis/"), {"GET": DESK}),
    "animation/avis/export.csv": Row(at("/animation/avis/export.csv"), {"GET": DESK}),
    "animation/decisions/relire/": Row(
        at("/animation/decisions/relire/"), {"GET": DESK, "POST": DESK.replace("200", "422")}
    ),
    "animation/decisions/lots/<uuid:batch>/": Row(
        lambda world: f"/animation/decisions/lots/{uuid4()}/", {"GET": "alice,bob,charlie=403 *=404"}
    ),
    "animation/<short:short>/dossier/": Row(
        desk("studied", "dossier/"),
        {"GET": DESK, "POST": "anon=401 " + DESK.replace("200", "422")},
        lambda world: {"form": "note"},
    ),
    "animation/<short:short>/avis/<int:pk>/": Row(
        lambda world: f"/animation/{world.studied.short}/avis/{world.studied.experts.get().pk}/",
        {"GET": DESK, "POST": "anon=401 " + DESK.replace("200", "422")},
        lambda world: {"form": "date"},
    ),
    "animation/reponses-types/": Row(at("/animation/reponses-types/"), {"GET": DESK}),
    "animation/reponses-types/export.csv": Row(at("/animation/reponses-types/export.csv"), {"GET": DESK}),
    "animation/reponses-types/nouvelle/": Row(
        at("/animation/reponses-types/nouvelle/"), {"GET": DESK, "POST": DESK.replace("200", "422")}
    ),
    # A text of the network: a référent of a body reads it and leaves it as it is.
    "animation/reponses-types/<int:pk>/": Row(
        a_template(), {"GET": DESK, "POST": "dev,zoe=404 alice,bob,charlie,rita=403 *=422"}
    ),
    "animation/reponses-types/<int:pk>/supprimer/": Row(
        a_template("supprimer/"),
        {
            "GET": "dev,zoe=404 alice,bob,charlie,rita=403 *=200",
            "POST": "dev,zoe=404 alice,bob,charlie,rita=403 *=302",
        },
    ),
    # amendments, signatures, teams (nobody of the cast manages a team)
    "idees/<short:short>-<slug:slug>/modifications/": Row(on("inner", "modifications/"), {"GET": INNER}),
    "idees/<short:short>-<slug:slug>/auteurs/": Row(
        on("inner", "auteurs/"),
        {"GET": AUTHOR, "POST": "anon=401 " + AUTHOR.replace("alice=200", "alice=422")},
        lambda world: {"geste": "inviter"},
    ),
    "collegues/": Row(at("/collegues/?q=al"), {"GET": READERS}),
    "invitations/": Row(at("/invitations/"), {"GET": READERS}),
    "invitations/<int:pk>/": Row(at("/invitations/999/"), {"GET": "*=404", "POST": "*=404"}),
    "invitations/equipes/<int:pk>/": Row(at("/invitations/equipes/999/"), {"GET": "*=404", "POST": "*=404"}),
    "mon-equipe/": Row(at("/mon-equipe/"), {"GET": "*=404"}),
    "mon-equipe/export.csv": Row(at("/mon-equipe/export.csv"), {"GET": "*=404"}),
    "mon-equipe/personnes/": Row(at("/mon-equipe/personnes/"), {"GET": "*=404", "POST": "*=404"}),
    "mon-equipe/animer/": Row(at("/mon-equipe/animer/"), {"GET": "*=404"}),
    # reports and moderation
    "idees/<short:short>-<slug:slug>/signaler/": Row(
        on("inner", "signaler/"), {"GET": INNER, "POST": INNER.replace("200", "422")}
    ),
    "idees/<short:short>-<slug:slug>/commentaires/<uuid:comment>/signaler/": Row(
        a_comment("signaler/"), {"GET": INNER, "POST": INNER.replace("200", "422")}
    ),
    "idees/<short:short>-<slug:slug>/commentaires/<uuid:comment>/modifier/": Row(
        a_comment("modifier/"), {"GET": INNER.replace("200", "403"), "POST": INNER.replace("200", "403")}
    ),
    "idees/<short:short>-<slug:slug>/commentaires/<uuid:comment>/retirer/": Row(
        a_comment("retirer/"), {"GET": INNER.replace("200", "403"), "POST": INNER.replace("200", "403")}
    ),
    "mes-signalements/": Row(at("/mes-signalements/"), {"GET": READERS}),
    "moderation/": Row(at("/moderation/"), {"GET": DESK}),
    "moderation/export.csv": Row(at("/moderation/export.csv"), {"GET": DESK}),
    "moderation/<int:pk>/": Row(
        at("/moderation/999/"),
        {"GET": "dev,zoe=404 alice,bob,charlie=403 *=404", "POST": "dev,zoe=404 alice,bob,charlie=403 *=404"},
    ),
    # the airlock, as the portal sees it
    "animation/sas/": Row(at("/animation/sas/"), {"GET": HELD}),
    "animation/sas/export.csv": Row(at("/animation/sas/export.csv"), {"GET": HELD}),
    "animation/sas/<uuid:pk>/": Row(a_deposit(), {"GET": HELD, "POST": HELD.replace("200", "422")}),
    "animation/sas/<uuid:pk>/masquer/": Row(
        a_deposit("masquer/"), {"GET": HELD, "POST": HELD.replace("200", "422")}
    ),
    "animation/sas/<uuid:pk>/message/": Row(a_deposit("message/"), {"POST": HELD.replace("200", "422")}),
    "mes-idees/signer/": Row(
        at("/mes-idees/signer/"), {"GET": READERS, "POST": READERS.replace("200", "422")}
    ),
    # challenges
    "defis/": Row(at("/defis/"), {"GET": READERS}),
    "defis/export.csv": Row(at("/defis/export.csv"), {"GET": READERS}),
    "defis/suggestions/": Row(at("/defis/suggestions/?q=papier"), {"GET": DESK}),
    "defis/personnes/": Row(at("/defis/personnes/?q=alice"), {"GET": READERS}),
    "defis/nouveau/": Row(at("/defis/nouveau/"), {"GET": DESK, "POST": DESK.replace("200", "422")}),
    "defis/nouveau/<uuid:pk>/": Row(a_draft(), {"GET": TEAM.replace("200", "302")}),
    "defis/nouveau/<uuid:pk>/question/": Row(
        a_draft("question/"), {"GET": TEAM, "POST": TEAM.replace("200", "422")}
    ),
    "defis/nouveau/<uuid:pk>/participants/": Row(
        a_draft("participants/"), {"GET": TEAM, "POST": TEAM.replace("200", "422")}
    ),
    "defis/nouveau/<uuid:pk>/calendrier/": Row(
        a_draft("calendrier/"), {"GET": TEAM, "POST": TEAM.replace("200", "422")}
    ),
    "defis/nouveau/<uuid:pk>/equipe/": Row(
        a_draft("equipe/"),
        {"GET": TEAM, "POST": "anon=401 " + TEAM.replace("200", "409")},
        lambda world: {"version": "0"},
    ),
    "defis/nouveau/<uuid:pk>/relire/": Row(
        a_draft("relire/"),
        {"GET": TEAM, "POST": "anon=401 " + TEAM.replace("200", "409")},
        lambda world: {"version": "0"},
    ),
    "defis/nouveau/<uuid:pk>/supprimer/": Row(a_draft("supprimer/"), {"POST": TEAM.replace("200", "302")}),
    "defis/<slug:slug>/": Row(on("challenge"), {"GET": READERS}),
    "defis/<slug:slug>/reglement/": Row(on("challenge", "reglement/"), {"GET": READERS}),
    "defis/<slug:slug>/suivre/": Row(
        on("challenge", "suivre/"), {"POST": READERS.replace("200", "302")}, lambda world: {"want": "1"}
    ),
    "defis/<slug:slug>/calendrier/": Row(
        on("challenge", "calendrier/"), {"GET": DESK, "POST": DESK.replace("200", "422")}
    ),
    "defis/<slug:slug>/annuler/": Row(
        on("challenge", "annuler/"), {"GET": DESK, "POST": DESK.replace("200", "422")}
    ),
    "defis/<slug:slug>/textes/": Row(
        on("challenge", "textes/"), {"GET": DESK, "POST": DESK.replace("200", "422")}
    ),
    "defis/<slug:slug>/equipe/": Row(
        on("challenge", "equipe/"),
        {"GET": DESK, "POST": "anon=401 " + DESK.replace("200", "422")},
        lambda world: {"geste": "ajouter"},
    ),
    "defis/<slug:slug>/communication/": Row(
        on("challenge", "communication/"),
        {"GET": DESK, "POST": "anon=401 " + DESK.replace("200", "422")},
        lambda world: {"geste": "ajouter"},
    ),
    "defis/<slug:slug>/communication/export.csv": Row(
        on("challenge", "communication/export.csv"), {"GET": DESK}
    ),
    "defis/<slug:slug>/communication/<int:pk>/": Row(
        on("challenge", "communication/999/"),
        {"GET": DESK.replace("200", "404"), "POST": DESK.replace("200", "404")},
    ),
    "defis/<slug:slug>/idees/": Row(
        lambda world: f"{world.challenge.get_absolute_url()}idees/", {"GET": READERS}
    ),
    # Before their phase, the results are for the team alone.
    "defis/<slug:slug>/resultats/": Row(
        on("challenge", "resultats/"), {"GET": "rita,nora,adam,sonia=200 *=404"}
    ),
    "defis/<slug:slug>/resultats/export.csv": Row(
        on("challenge", "resultats/export.csv"), {"GET": "rita,nora,adam,sonia=200 *=404"}
    ),
    "defis/<slug:slug>/prix/<short:short>/": Row(
        lambda world: f"{world.challenge.get_absolute_url()}prix/{world.inner.short}/",
        {"GET": "*=404", "POST": "*=404"},
    ),
    # the cimetière
    "cimetiere/": Row(at("/cimetiere/"), {"GET": READERS}),
    "cimetiere/export.csv": Row(at("/cimetiere/export.csv"), {"GET": READERS}),
    # transfers
    "administration/imports/": Row(
        at("/administration/imports/"), {"GET": RIGHTS, "POST": RIGHTS.replace("200", "422")}
    ),
    "administration/imports/<uuid:pk>/": Row(an_import(), {"GET": RIGHTS}),
    "administration/imports/<uuid:pk>/feuille/": Row(
        an_import("feuille/"), {"POST": RIGHTS.replace("200", "409")}
    ),
    "administration/imports/<uuid:pk>/comparer/": Row(
        an_import("comparer/"), {"POST": RIGHTS.replace("200", "422")}
    ),
    "administration/imports/<uuid:pk>/ecrire/": Row(
        an_import("ecrire/"), {"POST": RIGHTS.replace("200", "422")}
    ),
    "administration/imports/<uuid:pk>/annuler/": Row(
        an_import("annuler/"), {"POST": RIGHTS.replace("200", "409")}
    ),
    "administration/imports/<uuid:pk>/refusees.csv": Row(an_import("refusees.csv"), {"GET": RIGHTS}),
    # The list of a challenge, in a spreadsheet: those who work a desk, its animators.
    "defis/<slug:slug>/echange/": Row(
        exchange(), {"GET": DESK, "POST": "anon=302 " + DESK.replace("200", "422")}
    ),
    "defis/<slug:slug>/echange/liste.csv": Row(exchange("liste.csv"), {"GET": DESK}),
    # One’s own files alone.
    "defis/<slug:slug>/echange/<uuid:pk>/": Row(an_exchange(), {"GET": "nora=200 *=404"}),
    "defis/<slug:slug>/echange/<uuid:pk>/feuille/": Row(an_exchange("feuille/"), {"POST": "nora=409 *=404"}),
    "defis/<slug:slug>/echange/<uuid:pk>/comparer/": Row(
        an_exchange("comparer/"), {"POST": "nora=422 *=404"}
    ),
    "defis/<slug:slug>/echange/<uuid:pk>/ecrire/": Row(an_exchange("ecrire/"), {"POST": "nora=422 *=404"}),
    "defis/<slug:slug>/echange/<uuid:pk>/annuler/": Row(an_exchange("annuler/"), {"POST": "nora=409 *=404"}),
    "defis/<slug:slug>/echange/<uuid:pk>/refusees.csv": Row(
        an_exchange("refusees.csv"), {"GET": "nora=200 *=404"}
    ),
    "exports/": Row(at("/exports/"), {"GET": EVERYONE}),
    "exports/preparer/": Row(
        at("/exports/preparer/?contenu=ideas&format=csv"),
        {"GET": READERS, "POST": "anon=401 " + READERS.replace("*=200", "*=302")},
        lambda world: {"contenu": "ideas", "format": "csv", "filtres": ""},
    ),
    "exports/<uuid:pk>/": Row(lambda world: f"/exports/{uuid4()}/", {"GET": "*=404"}),
    "exports/<uuid:pk>/fichier/": Row(lambda world: f"/exports/{uuid4()}/fichier/", {"GET": "*=404"}),
}

from tests.guards.table_projects import ROWS as _PROJECTS  # noqa: E402 (it is written with what stands above)

TABLE |= _PROJECTS
