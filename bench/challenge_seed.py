"""`python -m bench.challenge_seed seed|results|check`: a challenge of every idea of the base, and its votes, by SQL.

`seed` prints the addresses that the client needs; `results` ends the votes and opens the results; `check` prints what
the database holds of the votes sent at once, and the milliseconds of the figures that pages remember.
"""

import json
import sys
import time
from datetime import timedelta
from typing import Any

VOTERS = 4_000
EACH = 20
QUOTA = 5
SMALL = 20

_VOTES = """
insert into engagement_vote (ballot_id, voter_id, cast_on)
select b.id, v.id, current_date
from (select id, row_number() over (order by id) as place from engagement_ballot where poll_id = %(poll)s) b
cross join generate_series(1, %(each)s) n
join (select id, row_number() over (order by id) - 1 as place from accounts_user where email like 'v%%@bench.test') v
    on v.place = (b.place * 7 + n * 191) %% %(voters)s
on conflict do nothing
"""
_COUNT = """
update ideas_idea i set vote_count = c.votes
from (select ballot_id, count(*) as votes from engagement_vote group by 1) c
where c.ballot_id = i.ballot_id and i.challenge_id is not null
"""


def seed() -> dict[str, Any]:
    from django.db import connection

    from ozeli.accounts.models import User
    from ozeli.challenges.enums import PhaseKind
    from ozeli.core.paging import cursor_after
    from ozeli.ideas.models import Idea
    from ozeli.network.models import Organisation

    every = list(Idea.objects.order_by("pk").values_list("pk", flat=True))
    small = every[:SMALL]
    big = _challenge("banc", PhaseKind.OPEN)
    quota = _challenge("quota", PhaseKind.OPEN, voting_rule="budget", votes_each=QUOTA)
    Idea.objects.filter(pk__in=every[SMALL:]).update(challenge=big, state="in_debate")
    Idea.objects.filter(pk__in=small).update(challenge=quota, state="in_debate", vote_count=0)
    bodies = list(Organisation.objects.values_list("pk", flat=True))
    User.objects.bulk_create(
        User(
            email=f"v{i}@bench.test",
            display_name=f"Votant {i}",
            sort_name=f"votant {i}",
            organisation_id=bodies[i % len(bodies)],
        )
        for i in range(VOTERS)
    )
    with connection.cursor() as cursor:
        cursor.execute("delete from engagement_vote")
        for challenge in (big, quota):
            cursor.execute(
                "update engagement_ballot b set poll_id = %s, is_open = true from ideas_idea i"
                " where i.ballot_id = b.id and i.challenge_id = %s",
                [challenge.poll_id, challenge.pk],
            )
        cursor.execute(_VOTES, {"poll": big.poll_id, "each": EACH, "voters": VOTERS})
        cursor.execute(_COUNT)
        cursor.execute("vacuum analyze")
        cursor.execute("select count(*) from engagement_vote")
        votes = cursor.fetchone()[0]
    ideas = Idea.objects.filter(challenge=big).order_by("shuffle")
    return {
        "votes": votes,
        "deep": cursor_after(ideas[len(every) // 2]),
        "pages": [idea.get_absolute_url() for idea in ideas[:200]],
        "one": ideas[500].get_absolute_url(),
        "small": [idea.get_absolute_url() for idea in Idea.objects.filter(pk__in=small)],
    }


def _challenge(slug: str, kind: str, **rule: Any) -> Any:
    import uuid

    from ozeli.challenges.models import Challenge, Phase
    from ozeli.challenges.services.phases import settle_dates
    from ozeli.core import clock
    from ozeli.engagement.models import Poll
    from ozeli.network.models import Organisation

    key = uuid.uuid4()
    challenge = Challenge.objects.create(
        id=key,
        slug=slug,
        title=f"Défi {slug}",
        question="Comment faire plus simple ?",
        state="published",
        organisation=Organisation.objects.get(code="o0"),
        poll=Poll.objects.create(kind="challenge", object_id=key),
        created_on=clock.today(),
        **rule,
    )
    day = timedelta(days=1)
    Phase.objects.create(
        challenge=challenge, kind=kind, opens_at=clock.now() - day, closes_at=clock.now() + day
    )
    settle_dates(challenge)
    return challenge


def open_results() -> dict[str, Any]:
    from ozeli.challenges.models import Challenge, Phase
    from ozeli.challenges.services.phases import settle_dates
    from ozeli.core import clock

    challenge, now = Challenge.objects.get(slug="banc"), clock.now()
    challenge.phases.update(closes_at=now - timedelta(minutes=1))
    Phase.objects.create(challenge=challenge, kind="results", opens_at=now - timedelta(minutes=1))
    settle_dates(challenge)
    return {}


def check() -> dict[str, Any]:
    from ozeli.accounts.models import User
    from ozeli.challenges.models import Challenge
    from ozeli.engagement.models import Spending, Vote
    from ozeli.ideas.models import Idea
    from ozeli.ideas.selectors import challenge_results

    first, second = User.objects.order_by("pk")[:2]
    quota = Challenge.objects.get(slug="quota")
    given = Vote.objects.filter(voter=second, ballot__poll=quota.poll_id).count()
    counted = Vote.objects.filter(ballot__poll=quota.poll_id).count()
    told = {
        "votes_of_one_person": Vote.objects.filter(voter=first, ballot__poll=quota.poll_id).count(),
        "given_of_the_quota": given,
        "spent": Spending.objects.filter(voter=second, poll=quota.poll_id).values_list("spent", flat=True).first(),
        "counter_is_exact": sum(Idea.objects.filter(challenge=quota).values_list("vote_count", flat=True)) == counted,
    }  # fmt: skip
    key = Challenge.objects.get(slug="banc").pk
    for name, load in (
        ("results_ms", challenge_results.results),
        ("people_ms", challenge_results.participation),
    ):
        start = time.perf_counter()
        load(key)
        told[name] = round(1000 * (time.perf_counter() - start), 1)
    return told


def main() -> None:
    import django

    django.setup()
    print(json.dumps({"seed": seed, "results": open_results, "check": check}[sys.argv[1]]()))


if __name__ == "__main__":
    main()
