-- N ideas that keep every rule. Parameters: %(n)s ideas, %(words)s the vocabulary, %(commented)s ideas with twenty comments.
select setseed(0.42);

create temporary table pick as
select
    i,
    gen_random_uuid() as id,
    (array['deposited', 'in_debate', 'in_debate', 'under_study', 'retained'])[1 + i %% 5] as state,
    current_date - (random() * 360)::int as day,
    1 + (random() * 49)::int as person,
    (
        select string_agg((%(words)s::text[])[1 + floor(random() * 50)::int], ' ')
        from generate_series(1, 40) w where i is not null
    ) as words,
    floor(random() * 80)::int as votes
from generate_series(1, %(n)s) i;

insert into engagement_ballot (kind, object_id, round, is_open)
select 'idea', id, 1, state in ('deposited', 'in_debate') from pick;

insert into ideas_idea (
    id, title, problem, beneficiaries, proposal, benefit, domain_id, organisation_id, branch_id,
    audience, is_anonymous, state, is_hidden, round, ballot_id,
    deposited_on, waiting_since, answer_due_on, version, vote_count, comment_count
)
select
    p.id, left(initcap(split_part(p.words, ' ', 1)) || ' ' || p.words, 70), p.words, p.words, p.words, '',
    (select d.id from network_domain d where d.code = 'd' || p.i %% 9 || '-' || p.i %% 4), o.id, o.branch_id,
    'network', false, p.state, false, 1, b.id,
    p.day, p.day, p.day + 30, 1, p.votes, 0
from pick p
join engagement_ballot b on b.object_id = p.id
join network_organisation o on o.code = 'o' || p.i %% 100;

insert into ideas_ideaauthor (idea_id, user_id, position)
select p.id, u.id, 0
from pick p join accounts_user u on u.email = 'a' || (p.person - 1) || '@bench.test';

insert into ideas_ideamove (idea_id, transition, source, target, round, made_on, note)
select id, 'deposit', 'draft', 'deposited', 1, day, '' from pick;

insert into engagement_tag (name, slug)
select w, 't-' || row_number() over () from unnest((%(words)s::text[])[1:40]) w;

insert into engagement_tagging (tag_id, kind, object_id)
select t.id, 'idea', p.id
from pick p
cross join lateral (select id from engagement_tag where (id + p.i) %% 13 = 0 limit 3) t;

insert into engagement_comment (id, kind, object_id, author_id, body, created_at, is_hidden, is_removed)
select gen_random_uuid(), 'idea', p.id, u.id, p.words, now() - c * interval '1 hour', false, false
from (select * from pick order by day desc, id desc limit %(commented)s) p
cross join generate_series(1, 20) c
join lateral (select id from accounts_user where (id + c) %% 7 = 0 limit 1) u on true;

update ideas_idea i set comment_count = 20
from (select object_id from engagement_comment group by object_id) c
where c.object_id = i.id;
