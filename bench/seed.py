"""Fill a database with N ideas that keep every rule, by SQL: fifty agents, their votes and comments.

`python -m bench.seed N` prints what the client needs (sessions, addresses) as JSON.
"""

import json
import random
import sys
from importlib import import_module

AGENTS = 50
COMMENTED = 50  # ideas that carry twenty comments
WORDS = (
    "accueil rendez-vous dossier courrier allocataire assuré retraite famille délai réponse agence formulaire aidant"
    " paiement indu notification téléphone message agent service droit handicap logement enfant santé remboursement"
    " médecin employeur cotisation déclaration entreprise adhérent exploitation commune mairie partenaire formation"
    " télétravail salle équipe papier énergie véhicule outil logiciel moteur signature identité photo numérique"
).split()


def seed(n: int) -> dict[str, object]:
    """Create the rows; the sessions and addresses that the client will use."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.db import connection

    from ozeli.accounts.models import Membership, Profile, User
    from ozeli.core.paging import cursor_after
    from ozeli.ideas.models import Idea
    from ozeli.network.models import Branch, Domain, Organisation

    branches = [Branch.objects.create(code=f"b{i}", name=f"Branche {i}") for i in range(5)]
    bodies = [
        Organisation.objects.create(code=f"o{i}", name=f"Caisse {i}", branch=branches[i % 5])
        for i in range(100)
    ]
    for i in range(9):
        sector = Domain.objects.create(code=f"d{i}", name=f"Secteur {i}", position=i)
        for j in range(4):
            Domain.objects.create(code=f"d{i}-{j}", name=f"Domaine {i}.{j}", parent=sector, position=j)
    reader = Profile.objects.get(code="reader")
    users = [
        User(
            email=f"a{i}@bench.test",
            display_name=f"Agent {i}",
            sort_name=f"agent {i}",
            organisation=bodies[i],
        )
        for i in range(AGENTS)
    ]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)
    Membership.objects.bulk_create(Membership(user=user, profile=reader) for user in users)
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, {"n": n, "words": WORDS, "commented": min(COMMENTED, n)})
        cursor.execute("vacuum analyze")
    store = import_module(settings.SESSION_ENGINE).SessionStore
    sessions = []
    for user in users:
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        sessions.append(session.session_key)
    ideas = Idea.objects.order_by("-deposited_on", "-id")
    return {
        "sessions": sessions,
        "filter": "domaine=d3",
        "deep": "page=" + cursor_after(ideas[n // 2], ("deposited_on", "id")),
        "pages": [idea.get_absolute_url() for idea in ideas.filter(comment_count=20)[:COMMENTED]],
        "votes": [
            idea.get_absolute_url() for idea in ideas.filter(state__in=("deposited", "in_debate"))[:200]
        ],
    }


STATEMENTS = [
    "select setseed(0.42)",
    """create temporary table pick as
    select i, gen_random_uuid() as id, (array['deposited','in_debate','in_debate','under_study','retained'])[1 + i %% 5] as state,
           current_date - (random() * 360)::int as day, 1 + (random() * 49)::int as person,
           (select string_agg((%(words)s::text[])[1 + floor(random() * 50)::int], ' ') from generate_series(1, 40) w where i is not null) as words,
           floor(random() * 80)::int as votes
    from generate_series(1, %(n)s) i""",
    "insert into engagement_ballot (kind, object_id, round, is_open) select 'idea', id, 1, state in ('deposited','in_debate') from pick",
    """insert into ideas_idea (id, title, problem, beneficiaries, proposal, benefit, domain_id, organisation_id, branch_id,
        audience, is_anonymous, state, is_hidden, round, ballot_id, deposited_on, waiting_since, answer_due_on, version, vote_count, comment_count)
    select p.id, left(initcap(split_part(p.words, ' ', 1)) || ' ' || p.words, 70), p.words, p.words, p.words, '',
        (select d.id from network_domain d where d.code = 'd' || p.i %% 9 || '-' || p.i %% 4),
        o.id, o.branch_id, 'network', false, p.state, false, 1, b.id, p.day, p.day, p.day + 30, 1, p.votes, 0
    from pick p join engagement_ballot b on b.object_id = p.id
    join network_organisation o on o.code = 'o' || p.i %% 100""",
    """insert into ideas_ideaauthor (idea_id, user_id, position)
    select p.id, u.id, 0 from pick p join accounts_user u on u.email = 'a' || (p.person - 1) || '@bench.test'""",
    "insert into ideas_ideamove (idea_id, transition, source, target, round, made_on, note) select id, 'deposit', 'draft', 'deposited', 1, day, '' from pick",
    "insert into engagement_tag (name, slug) select w, 't-' || row_number() over () from unnest((%(words)s::text[])[1:40]) w",
    """insert into engagement_tagging (tag_id, kind, object_id)
    select t.id, 'idea', p.id from pick p cross join lateral (select id from engagement_tag where (id + p.i) %% 13 = 0 limit 3) t""",
    """insert into engagement_comment (id, kind, object_id, author_id, body, created_at, is_hidden)
    select gen_random_uuid(), 'idea', p.id, u.id, p.words, now() - c * interval '1 hour', false
    from (select * from pick order by day desc, id desc limit %(commented)s) p cross join generate_series(1, 20) c
    join lateral (select id from accounts_user where (id + c) %% 7 = 0 limit 1) u on true""",
    """update ideas_idea i set comment_count = 20
    from (select object_id from engagement_comment group by object_id) c where c.object_id = i.id""",
]


def main() -> None:
    import django

    django.setup()
    random.seed(42)
    print(json.dumps(seed(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
