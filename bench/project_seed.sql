-- N projects with their life, four stage reports each on the average. Parameters: %(n)s projects, %(words)s the vocabulary.
select setseed(0.42);

create temporary table course as
select
    v.id as version, l.code, l.kind, count(s.id)::int as stages,
    array(select e.id from projects_ending e where e.version_id = v.id and e.state = 'completed' order by e.position) as ends,
    array(select s2.id from projects_stage s2 where s2.version_id = v.id order by s2.number) as stage_ids
from projects_lifecycleversion v
join projects_lifecycle l on l.id = v.lifecycle_id
join projects_stage s on s.version_id = v.id
where v.published_on is not null
group by v.id, l.code, l.kind;

create temporary table saying as
select i, string_agg((%(words)s::text[])[1 + floor(random() * 50)::int], ' ') as said
from generate_series(0, 1999) i, generate_series(1, 30) w
group by i;

create temporary table pick as
select
    d.*, c.version, c.code, c.kind, c.stages, c.ends, c.stage_ids,
    case
        when state = 'to_launch' then 0
        when state = 'completed' then c.stages
        else least(floor(r_passed * c.stages)::int, c.stages - 1)
    end as passed,
    case when state = 'to_launch' then null else begun end as started_on
from (
    select
        i, gen_random_uuid() as id,
        case
            when r < .11 then 'to_launch' when r < .56 then 'under_way' when r < .63 then 'frozen'
            when r < .77 then 'abandoned' else 'completed'
        end as state,
        case when i %% 10 = 0 then 'essai-3' when i %% 10 = 1 then 'startup-etat' else 'poc-7' end as course,
        current_date - 60 - floor(random() * 1200)::int as begun,
        random() as r_passed, random() as r_touched, random() as r_cause, random() as r_trigger, random() as r_weather
    from (select i, random() as r from generate_series(1, %(n)s) i) drawn
) d
join course c on c.code = d.course;

insert into projects_project (
    id, title, kind, summary, pitch, video_url, link_url, organisation_id, branch_id, audience, direction, domain_id,
    trigger, keywords, lifecycle_id, state, started_on, expected_end_on, ended_on, ending_id, cause, stage_count,
    stages_passed, stage_number, progress, progress_is_said, weather, weather_line, next_step, needs, updated_on,
    budget_planned, budget_committed, budget_spent, is_withdrawn, created_on, touched_on, version, source, external_id
)
select
    p.id, left(initcap(split_part(s.said, ' ', 1)) || ' ' || s.said, 50 + p.i %% 40), p.kind,
    s.said || '. ' || t.said || '.', case when p.i %% 3 = 0 then t.said || ' ' || s.said else '' end, '', '',
    o.id, o.branch_id,
    case when p.i %% 25 < 20 then 'network' when p.i %% 25 < 23 then 'branch' else 'organisation' end,
    case when p.i %% 5 < 3 then 'Direction ' || p.i %% 37 else '' end,
    case when p.i %% 11 = 0 then null else (select d.id from network_domain d where d.code = 'd' || p.i %% 9 || '-' || p.i %% 4) end,
    (array['', 'agent_idea', 'agent_idea', 'agent_idea', 'challenge', 'challenge', 'pain_point', 'user_need', 'strategy', 'other'])[1 + floor(p.r_trigger * 10)::int],
    array[
        (%(words)s::text[])[1 + p.i %% 50], (%(words)s::text[])[1 + (p.i / 50) %% 50], 'rare ' || p.i %% 5000
    ],
    p.version, p.state, p.started_on,
    case when p.i %% 7 = 0 then null else p.begun + 90 + (p.i * 37) %% 900 end,
    case when p.state in ('abandoned', 'completed') then p.begun + 40 + floor((current_date - p.begun - 40) * p.r_touched)::int end,
    case when p.state = 'completed' then p.ends[1 + (p.i / 10) %% cardinality(p.ends)] end,
    case when p.state in ('abandoned', 'frozen') then
        (array['key_person', 'key_person', 'priority', 'priority', 'answered_no', 'answered_no', 'budget', 'time', 'technical', 'legal', 'sponsor', 'duplicate', 'other'])[1 + floor(p.r_cause * 13)::int]
    else '' end,
    p.stages, p.passed, case when p.state in ('abandoned', 'completed') then null else p.passed + 1 end,
    round(100.0 * p.passed / p.stages), false,
    case when p.state = 'to_launch' then '' else (array['', 'sun', 'sun', 'mixed', 'mixed', 'cloud', 'storm'])[1 + floor(p.r_weather * 7)::int] end,
    left(t.said, 80), left(s.said, 60), '', case when p.state = 'to_launch' then null else current_date - p.i %% 90 end,
    5000 + p.i %% 40000, 3000 + p.i %% 20000, 1000 + p.i %% 9000, p.i %% 100 = 0,
    p.begun - 20, current_date - floor(900 * (1 - p.r_touched) * (1 - p.r_touched))::int, 1, '', ''
from pick p
join saying s on s.i = p.i %% 2000
join saying t on t.i = (p.i * 7 + 3) %% 2000
join network_organisation o on o.code = 'o' || (p.i * 13) %% 100;

-- One project in twenty is carried by a signed-in agent, so that each has a life of their own.
create temporary table carrier as
select 'p' || (row_number() over (order by id) - 1) as name, id from accounts_user where email like 'p%%@bench.test'
union all
select 'a' || (row_number() over (order by id) - 1), id from accounts_user where email like 'a%%@bench.test';

create unique index on carrier (name);

analyze carrier;

insert into projects_projectmember (project_id, user_id, role, part, position, joined_on)
select p.id, c.id, m.role, '', m.place, p.begun
from pick p
cross join (values ('owner', 0, 1), ('member', 1, 7), ('sponsor', 2, 29)) m (role, place, step)
join carrier c on c.name = case
    when p.i %% 1000 < 50 and m.place = 0 then 'a' || p.i %% 1000 else 'p' || (p.i * m.step + m.place) %% 5000
end
where m.role = 'owner' or p.i %% 3 > 0
on conflict do nothing;

insert into projects_projectbody (project_id, organisation_id, role)
select p.id, o.id, case when p.i %% 2 = 0 then 'sponsor' else 'partner' end
from pick p join network_organisation o on o.code = 'o' || (p.i * 13 + 1) %% 100
where p.i %% 4 = 0;

insert into projects_stagereport (
    id, project_id, stage_id, entered_on, passed_on, done, successes, difficulties, failures, practices,
    budget_planned, budget_spent, days_planned, days_spent, is_told, written_on, version
)
select
    gen_random_uuid(), p.id, p.stage_ids[n], p.begun + (n - 1) * step, case when n <= p.passed then p.begun + n * step end,
    case when n <= p.passed then s.said || '. ' || t.said || '.' else '' end,
    case when n <= p.passed then t.said else '' end,
    case when n <= p.passed and p.i %% 2 = 0 then s.said else '' end,
    case when n <= p.passed and p.i %% 3 = 0 then t.said else '' end, '',
    case when n <= p.passed then 500 + p.i %% 4000 end, case when n <= p.passed then 300 + p.i %% 3000 end,
    case when n <= p.passed then 5 + n end, case when n <= p.passed then 4 + p.i %% 9 end,
    n <= p.passed, case when n <= p.passed then p.begun + n * step end, 1
from (
    select p.*, 5 + floor(p.r_cause * (current_date - p.begun - 5) / (p.passed + 1))::int as step from pick p
) p
cross join lateral generate_series(1, least(p.passed + 1, p.stages)) n
join saying s on s.i = (p.i * 3 + n * 11) %% 2000
join saying t on t.i = (p.i * 5 + n * 17) %% 2000;

insert into projects_projectmove (project_id, transition, source, target, stage_id, ending_id, cause, note, lesson, made_on)
select
    p.id, case p.state when 'frozen' then 'freeze' when 'abandoned' then 'give_up' else 'complete' end, 'under_way',
    p.state, p.stage_ids[least(p.passed + 1, p.stages)], x.ending_id, x.cause, s.said,
    case when p.state = 'abandoned' then s.said else '' end, coalesce(x.ended_on, x.touched_on)
from pick p
join projects_project x on x.id = p.id
join saying s on s.i = p.i %% 2000
where p.state in ('frozen', 'abandoned', 'completed');

insert into projects_projectupdate (project_id, said_on, author_id, progress, weather, line, next_step, needs)
select p.id, x.updated_on, m.user_id, x.progress, x.weather, x.weather_line, x.next_step, ''
from pick p
join projects_project x on x.id = p.id
join projects_projectmember m on m.project_id = p.id and m.role = 'owner'
where x.updated_on is not null;

insert into projects_logentry (id, project_id, tone, body, author_id, written_on, written_at, version)
select gen_random_uuid(), p.id, 'news', s.said, m.user_id, current_date - (n * 20), now() - n * interval '20 days', 1
from pick p
join projects_projectmember m on m.project_id = p.id and m.role = 'owner'
cross join generate_series(1, 3) n
join saying s on s.i = (p.i + n) %% 2000
where p.i %% 10 = 0;

insert into projects_budgetline (project_id, label, planned, committed, spent, position, version)
select p.id, 'Ligne ' || n, x.budget_planned / 3, x.budget_committed / 3, x.budget_spent / 3, n, 1
from pick p join projects_project x on x.id = p.id cross join generate_series(1, 3) n
where p.i %% 10 = 0;

drop table pick, course, saying, carrier
