"""Who plays in the tests: people of three bodies of two branches, one for each profile."""

from dataclasses import dataclass

from ozeli.accounts.models import User
from ozeli.network.models import Organisation

from .factories import BranchFactory, OrganisationFactory, UserFactory

NAMES = ("alice", "bob", "charlie", "rita", "nora", "adam", "sonia", "dev", "zoe")


@dataclass
class Cast:
    """`alice` (CPAM of the Loire), `bob` (CPAM of the Rhône) and `charlie` (Caf of the Nord) consult; `rita`
    contributes for the Loire, `nora` for the network; `adam` administers, `sonia` may all, `dev` keeps it running,
    `zoe` has no profile at all."""

    loire: Organisation
    rhone: Organisation
    nord: Organisation
    alice: User
    bob: User
    charlie: User
    rita: User
    nora: User
    adam: User
    sonia: User
    dev: User
    zoe: User

    def people(self) -> dict[str, User]:
        return {name: getattr(self, name) for name in NAMES}


def cast() -> Cast:
    """Make the whole cast."""
    maladie = BranchFactory(code="maladie", name="Maladie")
    famille = BranchFactory(code="famille", name="Famille")
    loire = OrganisationFactory(code="cpam-loire", name="CPAM de la Loire", branch=maladie)
    rhone = OrganisationFactory(code="cpam-rhone", name="CPAM du Rhône", branch=maladie)
    nord = OrganisationFactory(code="caf-nord", name="Caf du Nord", branch=famille)

    def person(name: str, organisation: Organisation, **profile: object) -> User:
        named = {"email": f"{name}@exemple.test", "display_name": f"{name.capitalize()} Martin"}
        return UserFactory(organisation=organisation, **named, **profile)

    return Cast(
        loire=loire,
        rhone=rhone,
        nord=nord,
        alice=person("alice", loire),
        bob=person("bob", rhone),
        charlie=person("charlie", nord),
        rita=person("rita", loire, profile="contributor", profile__scope=loire),
        nora=person("nora", nord, profile="contributor"),
        adam=person("adam", nord, profile="administrator"),
        sonia=person("sonia", nord, profile="superadmin"),
        dev=person("dev", nord, profile="developer"),
        zoe=person("zoe", loire, profile__none=True),
    )
