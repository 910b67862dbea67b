"""The short lists that administrators keep: what each holds, who keeps it, how it is said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from ozeli.network.models import Branch, Domain, Organisation, StrategicObjective
from ozeli.network.setting_forms import BranchForm, DomainForm, KeptForm, ObjectiveForm, OrganisationForm
from ozeli.projects.forms.lifecycles import MethodKeptForm
from ozeli.projects.models import Method
from ozeli.projects.selectors.methods import stage_names

from .models import ToolLink
from .setting_forms import ToolForm


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A list of rows. `kind` names them in the journal; `beside(row)` are those among which a row is ordered."""

    code: str
    kind: str
    brick: str
    model: type[Any]
    form: type[KeptForm]
    title: str
    lede: str
    one: str
    add: str
    header: tuple[str, ...]
    cells: Callable[[Any], tuple[str, ...]]
    rows: Callable[[], QuerySet[Any]]
    beside: Callable[[Any], QuerySet[Any]] | None = None
    keywords: str = ""
    archived: str = "archivé"


def _domains() -> QuerySet[Domain]:
    """Each sector followed by its sub-categories."""
    return (
        Domain.objects.select_related("parent")
        .annotate(sector_place=Coalesce("parent__position", "position"), sector=Coalesce("parent_id", "id"))
        .order_by("sector_place", "sector", F("parent_id").asc(nulls_first=True), "position", "code")
    )


def _beside_domain(domain: Domain) -> QuerySet[Domain]:
    return Domain.objects.filter(parent=domain.parent_id)


CATALOGUES = {
    catalogue.code: catalogue
    for catalogue in (
        Catalogue(
            code="domaines",
            kind="domain",
            brick="directory",
            model=Domain,
            form=DomainForm,
            title="Domaines d’activité",
            lede="Deux niveaux\u00a0: le secteur, puis ses sous-domaines. Chaque idée en porte un.",
            one="Domaine",
            add="Ajouter un domaine",
            header=("Domaine", "Dans le secteur"),
            cells=lambda row: (row.name, row.parent.name if row.parent else ""),
            rows=_domains,
            beside=_beside_domain,
            keywords="secteur sous-domaine thème catégorie sujet",
        ),
        Catalogue(
            code="objectifs",
            kind="objective",
            brick="directory",
            model=StrategicObjective,
            form=ObjectiveForm,
            title="Objectifs stratégiques",
            lede="Les objectifs qu’une idée peut servir, proposés au dépôt.",
            one="Objectif",
            add="Ajouter un objectif",
            header=("Objectif",),
            cells=lambda row: (row.title,),
            rows=StrategicObjective.objects.all,
            beside=lambda row: StrategicObjective.objects.all(),
            keywords="cog stratégie plan orientation",
        ),
        Catalogue(
            code="branches",
            kind="branch",
            brick="directory",
            model=Branch,
            form=BranchForm,
            title="Branches",
            lede="Les branches du réseau\u00a0: chaque organisme en a une.",
            one="Branche",
            add="Ajouter une branche",
            header=("Branche",),
            cells=lambda row: (row.name,),
            rows=Branch.objects.all,
            beside=lambda row: Branch.objects.all(),
            keywords="famille maladie retraite recouvrement agricole",
            archived="archivée",
        ),
        Catalogue(
            code="outils",
            kind="tool",
            brick="tools",
            model=ToolLink,
            form=ToolForm,
            title="Liens vers les outils",
            lede="Les outils voisins, proposés sur l’accueil et sur «\u202fVos autres outils\u202f».",
            one="Outil",
            add="Ajouter un outil",
            header=("Outil", "Adresse", "En une ligne"),
            cells=lambda row: (row.name, row.url, row.description),
            rows=ToolLink.objects.all,
            beside=lambda row: ToolLink.objects.all(),
            keywords="lien adresse magasin boîte à idées",
        ),
        Catalogue(
            code="methodes",
            kind="method",
            brick="projects",
            model=Method,
            form=MethodKeptForm,
            title="Méthodes",
            lede="Les techniques que les équipes cochent dans leurs bilans d’étape, expliquées à tous.",
            one="Méthode",
            add="Ajouter une méthode",
            header=("Méthode", "En une phrase", "Temps", "Utile aux étapes"),
            cells=lambda row: (row.name, row.summary, row.duration, ", ".join(stage_names(row.stages))),
            rows=Method.objects.all,
            beside=lambda row: Method.objects.all(),
            keywords="technique outil atelier essai étape bilan",
            archived="archivée",
        ),
        Catalogue(
            code="organismes",
            kind="body",
            brick="directory",
            model=Organisation,
            form=OrganisationForm,
            title="Organismes",
            lede="Les caisses et organismes du réseau, leur branche et leur délai de réponse.",
            one="Organisme",
            add="Ajouter un organisme",
            header=("Organisme", "Branche", "Région", "Délai promis"),
            cells=lambda row: (
                row.name,
                row.branch.name,
                row.get_region_display(),
                f"{row.answer_delay_days}\u00a0jours" if row.answer_delay_days else "celui du réseau",
            ),
            rows=lambda: Organisation.objects.select_related("branch"),
            keywords="caisse cpam caf carsat urssaf fermer fusion",
            archived="fermé",
        ),
    )
}
