from django.db import migrations

FORWARD = """
create function ideas_retained_is_answered() returns trigger language plpgsql as $$
begin
    if not exists (
        select from ideas_decision d
        where d.idea_id = new.id and d.round = new.round
          and d.verdict = 'retained' and d.published_on is not null
    ) then
        raise exception 'idea % is not retained without a published answer', new.id
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger ideas_retained_is_answered after update of state on ideas_idea
    deferrable initially deferred
    for each row when (new.state = 'retained' and old.state is distinct from new.state)
    execute function ideas_retained_is_answered();
"""
BACKWARD = """
drop trigger ideas_retained_is_answered on ideas_idea;
drop function ideas_retained_is_answered();
"""


class Migration(migrations.Migration):
    """No idea becomes *retenue* without its published answer. Ideas retained elsewhere may still be brought in."""

    dependencies = [("ideas", "0007_desk_in_depth")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
