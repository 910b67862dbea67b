"""Rights change in one transaction with their line in the journal, and never leave the portal without a keeper."""

from datetime import timedelta

import pytest

from ozeli.accounts import selectors, services
from ozeli.accounts.models import MatrixCell, Membership, Profile, User
from ozeli.core import clock
from ozeli.core.access import Level
from ozeli.core.errors import Conflict, Refused
from ozeli.journal.models import Entry
from tests.personas import Cast


def profile(code: str) -> Profile:
    return Profile.objects.get(code=code)


def fresh(user: User) -> User:
    """The person as the next request reads them."""
    return User.objects.get(pk=user.pk)


def last_act() -> Entry:
    return Entry.objects.latest("pk")


def test_grant_gives_the_level_on_that_body_only(people: Cast) -> None:
    services.grant_membership(
        people.alice, profile("contributor"), actor=people.adam, organisation=people.loire
    )

    alice = fresh(people.alice)
    assert alice.level("ideas") == Level.CONTRIBUTE
    assert alice.contribution_scope("ideas") == frozenset({people.loire.pk})


def test_two_people_with_one_profile_keep_their_own_scope(people: Cast) -> None:
    services.grant_membership(
        people.bob, profile("contributor"), actor=people.adam, organisation=people.rhone
    )

    assert fresh(people.rita).contribution_scope("ideas") == frozenset({people.loire.pk})
    assert fresh(people.bob).contribution_scope("ideas") == frozenset({people.rhone.pk})


def test_grant_is_journaled_by_keys_without_a_name(people: Cast) -> None:
    services.grant_membership(
        people.alice, profile("contributor"), actor=people.adam, organisation=people.loire
    )

    act = last_act()
    assert (act.verb, act.kind) == ("rights.grant_membership", "person")
    assert act.object_id == str(services.actor_key(people.alice))
    assert act.actor == services.actor_key(people.adam)
    assert act.details == {"profile": "contributor", "organisation": "cpam-loire", "ends_on": ""}


def test_grant_by_the_system_has_no_actor(people: Cast) -> None:
    services.grant_membership(people.zoe, profile("reader"), actor=None)

    assert last_act().actor is None


def test_grant_until_yesterday_is_refused(people: Cast) -> None:
    with pytest.raises(Refused, match="déjà passée"):
        services.grant_membership(
            people.zoe, profile("reader"), actor=people.adam, ends_on=clock.today() - timedelta(days=1)
        )


def test_same_grant_twice_is_refused(people: Cast) -> None:
    with pytest.raises(Refused, match="a déjà le profil"):
        services.grant_membership(people.alice, profile("reader"), actor=people.adam)


def test_grant_again_starts_an_ended_membership(people: Cast) -> None:
    held = people.rita.memberships.get()
    services.end_membership(held, actor=people.adam)

    services.grant_membership(
        people.rita, profile("contributor"), actor=people.adam, organisation=people.loire
    )

    assert fresh(people.rita).level("ideas") == Level.CONTRIBUTE
    assert Membership.objects.filter(user=people.rita).count() == 1


def test_membership_holds_through_its_last_day_only(people: Cast) -> None:
    services.grant_membership(people.zoe, profile("reader"), actor=people.adam, ends_on=clock.today())
    assert fresh(people.zoe).level("ideas") == Level.CONSULT

    with clock.stopped(clock.now() + timedelta(days=1)):
        assert fresh(people.zoe).level("ideas") == Level.NONE


def test_end_takes_effect_at_once_and_is_journaled(people: Cast) -> None:
    services.end_membership(people.rita.memberships.get(), actor=people.adam)

    assert fresh(people.rita).level("ideas") == Level.NONE
    assert last_act().verb == "rights.end_membership"


def test_end_twice_conflicts(people: Cast) -> None:
    held = people.rita.memberships.get()
    services.end_membership(held, actor=people.adam)

    with pytest.raises(Conflict, match="déjà pris fin"):
        services.end_membership(held, actor=people.sonia)


def test_delegate_grants_on_their_body_and_nowhere_else(people: Cast) -> None:
    services.grant_membership(
        people.bob, profile("administrator"), actor=people.adam, organisation=people.rhone
    )
    bob = fresh(people.bob)

    services.grant_membership(people.alice, profile("contributor"), actor=bob, organisation=people.rhone)
    for elsewhere in (people.loire, None):
        with pytest.raises(Refused, match="ne couvrent pas"):
            services.grant_membership(
                people.charlie, profile("contributor"), actor=bob, organisation=elsewhere
            )
    with pytest.raises(Refused, match="ne couvrent pas"):
        services.end_membership(people.sonia.memberships.get(), actor=bob)
    with pytest.raises(Refused, match="ne couvrent pas"):
        services.set_level(profile("reader"), "ideas", Level.ADMIN, actor=bob)


def test_reader_grants_nothing(people: Cast) -> None:
    with pytest.raises(Refused):
        services.grant_membership(people.alice, profile("superadmin"), actor=people.alice)


def test_set_level_holds_and_is_journaled(people: Cast) -> None:
    services.set_level(profile("reader"), "directory", Level.NONE, actor=people.adam)

    assert fresh(people.alice).level("directory") == Level.NONE
    act = last_act()
    assert (act.verb, act.object_id, act.details) == (
        "rights.set_level",
        "directory.reader",
        {"was": 1, "level": 0},
    )


def test_set_level_of_an_unknown_brick_is_refused(people: Cast) -> None:
    with pytest.raises(Refused, match="n’existe pas"):
        services.set_level(profile("reader"), "nowhere", Level.CONSULT, actor=people.adam)


def test_levels_are_set_all_or_none(people: Cast) -> None:
    reader = profile("reader")
    changes = [
        services.LevelChange(reader, "ideas", Level.CONSULT, Level.CONTRIBUTE),
        services.LevelChange(reader, "search", Level.NONE, Level.ADMIN),
    ]

    with pytest.raises(services.LevelsConflict) as raised:
        services.set_levels(changes, actor=people.adam)

    assert [(clash.change.brick, clash.stands) for clash in raised.value.clashes] == [
        ("search", Level.CONSULT)
    ]
    assert selectors.matrix()["ideas", "reader"] == Level.CONSULT


def test_same_wish_twice_is_no_clash_and_no_second_line(people: Cast) -> None:
    change = services.LevelChange(profile("reader"), "ideas", Level.CONSULT, Level.CONTRIBUTE)
    assert services.set_levels([change], actor=people.adam) == 1
    written = Entry.objects.count()

    assert services.set_levels([change], actor=people.sonia) == 0
    assert Entry.objects.count() == written


def test_last_keeper_cannot_be_ended(people: Cast) -> None:
    services.end_membership(people.adam.memberships.get(), actor=people.sonia)

    with pytest.raises(Refused, match="sans personne pour administrer"):
        services.end_membership(people.sonia.memberships.get(), actor=people.sonia)


def test_last_keeper_cannot_take_an_end(people: Cast) -> None:
    services.end_membership(people.adam.memberships.get(), actor=people.sonia)

    with pytest.raises(Refused, match="sans personne pour administrer"):
        services.grant_membership(
            people.sonia,
            profile("superadmin"),
            actor=people.sonia,
            ends_on=clock.today() + timedelta(days=30),
        )


def test_keepers_of_a_closed_account_do_not_count(people: Cast) -> None:
    User.objects.filter(pk=people.adam.pk).update(is_active=False)

    with pytest.raises(Refused, match="sans personne pour administrer"):
        services.end_membership(people.sonia.memberships.get(), actor=people.sonia)


def test_matrix_cannot_take_rights_from_every_keeper(people: Cast) -> None:
    changes = [
        services.LevelChange(profile(code), "rights", Level.ADMIN, Level.CONSULT)
        for code in ("administrator", "superadmin")
    ]

    with pytest.raises(Refused, match="sans personne pour administrer"):
        services.set_levels(changes, actor=people.sonia)

    services.set_levels(changes[:1], actor=people.sonia)
    assert fresh(people.adam).level("rights") == Level.CONSULT


def test_delegates_are_no_keepers(people: Cast) -> None:
    services.grant_membership(
        people.bob, profile("superadmin"), actor=people.sonia, organisation=people.rhone
    )
    services.end_membership(people.adam.memberships.get(), actor=people.sonia)

    with pytest.raises(Refused, match="sans personne pour administrer"):
        services.end_membership(people.sonia.memberships.get(), actor=people.sonia)


def test_actor_key_is_drawn_once(people: Cast) -> None:
    assert services.actor_key(people.alice) == services.actor_key(people.alice)


def test_referents_are_those_of_this_very_body(people: Cast) -> None:
    assert selectors.referents_of(people.loire) == [people.rita]
    assert selectors.referents_of(people.nord) == []
    assert selectors.answerer_for(people.loire) == people.rita
    assert selectors.answerer_for(people.nord) is None
    assert selectors.answerer_for(None) is None


def test_closed_account_is_no_referent(people: Cast) -> None:
    User.objects.filter(pk=people.rita.pk).update(is_active=False)

    assert selectors.referents_of(people.loire) == []
    assert selectors.answerer_for(people.loire) is None


def test_absent_cell_is_none(people: Cast) -> None:
    MatrixCell.objects.filter(brick="directory", profile__code="reader").delete()

    assert fresh(people.alice).level("directory") == Level.NONE
    services.set_level(profile("reader"), "directory", Level.CONSULT, actor=people.adam)
    assert fresh(people.alice).level("directory") == Level.CONSULT
