from django.db import migrations

REACH = "case when p.audience in ('network', 'branch') and not p.is_withdrawn then p.audience else 'few' end"
YEAR = "coalesce(extract(year from p.started_on), 0)::smallint"

# `REACH` and `YEAR` stand for the expressions above.
FORWARD = """
-- What each project adds to the tally. Written as a function rather than a view: a view would forbid to alter the
-- columns it reads. PostgreSQL inlines it all the same, and pushes the conditions of its callers down.
create function projects_counted() returns table (
    project_id uuid, cube varchar, reach varchar, year smallint, branch_id bigint, organisation_id bigint,
    domain_id bigint, version_id bigint, state varchar, passed smallint, cause varchar, stage_id bigint,
    is_passed boolean, days integer, ending_id bigint, n integer, planned numeric, committed numeric, spent numeric
) language sql stable as $$
    select p.id, 'standing'::varchar, REACH, YEAR, p.branch_id, null::bigint, null::bigint,
        p.lifecycle_id, p.state, p.stages_passed::smallint, ''::varchar, null::bigint, null::boolean, null::integer,
        null::bigint, 1, p.budget_planned, p.budget_committed, p.budget_spent
    from projects_project p
    union all
    select p.id, 'cause'::varchar, REACH, YEAR, p.branch_id, null::bigint, null::bigint,
        null::bigint, p.state, null::smallint, p.cause, null::bigint, null::boolean, null::integer,
        null::bigint, 1, null::numeric, null::numeric, null::numeric
    from projects_project p where p.state in ('frozen', 'abandoned')
    union all
    select p.id, 'body'::varchar, REACH, YEAR, p.branch_id, p.organisation_id, null::bigint,
        null::bigint, p.state, null::smallint, ''::varchar, null::bigint, null::boolean, null::integer,
        null::bigint, 1, p.budget_planned, p.budget_committed, p.budget_spent
    from projects_project p
    union all
    select p.id, 'domain'::varchar, REACH, YEAR, p.branch_id, null::bigint, p.domain_id,
        null::bigint, p.state, null::smallint, ''::varchar, null::bigint, null::boolean, null::integer,
        null::bigint, 1, p.budget_planned, p.budget_committed, p.budget_spent
    from projects_project p
    union all
    select p.id, 'stage'::varchar, REACH, YEAR,
        case when p.audience = 'branch' and not p.is_withdrawn then p.branch_id end, null::bigint, null::bigint,
        null::bigint, ''::varchar, null::smallint, ''::varchar, r.stage_id, r.passed_on is not null,
        r.passed_on - r.entered_on, null::bigint, 1, null::numeric, null::numeric, null::numeric
    from projects_project p join projects_stagereport r on r.project_id = p.id
    where r.entered_on is not null or r.passed_on is not null
    union all
    select p.id, 'stage'::varchar, REACH,
        null::smallint, p.branch_id, null::bigint, null::bigint,
        null::bigint, ''::varchar, null::smallint, ''::varchar, r.stage_id, r.passed_on is not null,
        r.passed_on - r.entered_on, null::bigint, 1, null::numeric, null::numeric, null::numeric
    from projects_project p join projects_stagereport r on r.project_id = p.id
    where r.entered_on is not null or r.passed_on is not null
    union all
    select p.id, 'ending'::varchar, REACH, YEAR, p.branch_id, null::bigint, null::bigint,
        null::bigint, ''::varchar, null::smallint, ''::varchar, null::bigint, null::boolean, null::integer,
        m.ending_id, 1, null::numeric, null::numeric, null::numeric
    from projects_project p join projects_projectmove m on m.project_id = p.id
    where m.ending_id is not null and not exists (
        select from projects_projectmove e
        where e.project_id = m.project_id and e.ending_id = m.ending_id and e.id < m.id
    )
$$;

-- Before and after each change of a project, what it counts for is taken away, then added again. Its stages and its
-- endings follow when what places them changes.
create function projects_tally_project() returns trigger language plpgsql as $$
declare
    moves boolean := true;
    counts boolean := true;
begin
    if tg_op = 'UPDATE' then
        moves := (old.audience, old.is_withdrawn, old.started_on, old.branch_id)
            is distinct from (new.audience, new.is_withdrawn, new.started_on, new.branch_id);
        counts := moves or
            (old.lifecycle_id, old.state, old.stages_passed, old.cause, old.organisation_id, old.domain_id,
             old.budget_planned, old.budget_committed, old.budget_spent)
            is distinct from
            (new.lifecycle_id, new.state, new.stages_passed, new.cause, new.organisation_id, new.domain_id,
             new.budget_planned, new.budget_committed, new.budget_spent);
    end if;
    if counts then
        insert into projects_tally (cube, reach, year, branch_id, organisation_id, domain_id, version_id, state,
            passed, cause, stage_id, is_passed, days, ending_id, n, planned, committed, spent)
        select cube, reach, year, branch_id, organisation_id, domain_id, version_id, state, passed, cause, stage_id,
            is_passed, days, ending_id, sign * n, sign * planned, sign * committed, sign * spent
        from projects_counted(), (select case when tg_when = 'BEFORE' then -1 else 1 end as sign) as way
        where project_id = case when tg_op = 'INSERT' then new.id else old.id end
            and (moves or cube not in ('stage', 'ending'));
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger projects_tally_before before update or delete on projects_project
    for each row execute function projects_tally_project();
create trigger projects_tally_after after insert or update on projects_project
    for each row execute function projects_tally_project();

-- The same for one stage of a project. The project is held, so that what places it stays until both are written.
create function projects_tally_report() returns trigger language plpgsql as $$
declare
    report projects_stagereport := case when tg_op = 'INSERT' or tg_op = 'UPDATE' and tg_when = 'AFTER'
        then new else old end;
begin
    if tg_op = 'UPDATE' then
        if (old.project_id, old.stage_id, old.entered_on, old.passed_on)
            is not distinct from (new.project_id, new.stage_id, new.entered_on, new.passed_on) then
            return new;
        end if;
    end if;
    perform from projects_project where id = report.project_id for share;
    insert into projects_tally (cube, reach, year, branch_id, state, cause, stage_id, is_passed, days, n)
    select cube, reach, year, branch_id, state, cause, stage_id, is_passed, days,
        case when tg_when = 'BEFORE' then -n else n end
    from projects_counted()
    where cube = 'stage' and project_id = report.project_id and stage_id = report.stage_id;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger projects_tally_before before update or delete on projects_stagereport
    for each row execute function projects_tally_report();
create trigger projects_tally_after after insert or update on projects_stagereport
    for each row execute function projects_tally_report();

-- A project counts once for an ending that it had several times. Before each row: those of the same act that came
-- before it are seen, so that two of them together count once too.
create function projects_tally_move() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        if old.ending_id is not null and not exists (
            select from projects_projectmove m
            where m.project_id = old.project_id and m.ending_id = old.ending_id and m.id <> old.id
        ) then
            perform projects_tally_ending(old.project_id, old.ending_id, -1);
        end if;
    end if;
    if tg_op <> 'DELETE' then
        if new.ending_id is not null and not exists (
            select from projects_projectmove m
            where m.project_id = new.project_id and m.ending_id = new.ending_id and m.id <> new.id
        ) then
            perform projects_tally_ending(new.project_id, new.ending_id, 1);
        end if;
        return new;
    end if;
    return old;
end $$;
create function projects_tally_ending(project uuid, ending bigint, more integer) returns void language sql as $$
    select from projects_project where id = project for share;
    insert into projects_tally (cube, reach, year, branch_id, state, cause, ending_id, n)
    select 'ending', REACH, YEAR, p.branch_id, '', '', ending, more
    from projects_project p where p.id = project;
$$;
create trigger projects_tally_move before insert or update or delete on projects_projectmove
    for each row execute function projects_tally_move();

-- What stood before the triggers, in the transaction that sets them.
insert into projects_tally (cube, reach, year, branch_id, organisation_id, domain_id, version_id, state, passed,
    cause, stage_id, is_passed, days, ending_id, n, planned, committed, spent, is_folded)
select cube, reach, year, branch_id, organisation_id, domain_id, version_id, state, passed, cause, stage_id,
    is_passed, days, ending_id, sum(n), sum(planned), sum(committed), sum(spent), true
from projects_counted() group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14;
"""
BACKWARD = """
drop trigger projects_tally_move on projects_projectmove;
drop trigger projects_tally_before on projects_stagereport;
drop trigger projects_tally_after on projects_stagereport;
drop trigger projects_tally_before on projects_project;
drop trigger projects_tally_after on projects_project;
drop function projects_tally_move();
drop function projects_tally_ending(uuid, bigint, integer);
drop function projects_tally_report();
drop function projects_tally_project();
drop function projects_counted();
delete from projects_tally;
"""


class Migration(migrations.Migration):
    """The database itself keeps the tally of the consolidation, whoever writes a project, a stage or a move."""

    dependencies = [("projects", "0008_imported_version")]

    operations = [migrations.RunSQL(FORWARD.replace("REACH", REACH).replace("YEAR", YEAR), BACKWARD)]
