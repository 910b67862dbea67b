from django.db import migrations

FORWARD = """
create function ideas_refusal_is_answered() returns trigger language plpgsql as $$
begin
    if new.state = 'not_retained' and not exists (
        select from ideas_decision d
        where d.idea_id = new.id and d.round = new.round
          and d.verdict = 'not_retained' and d.published_on is not null
    ) then
        raise exception 'idea % is not retained without a published answer', new.id
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger ideas_refusal_is_answered after insert or update of state, round on ideas_idea
    deferrable initially deferred
    for each row execute function ideas_refusal_is_answered();
"""
BACKWARD = """
drop trigger ideas_refusal_is_answered on ideas_idea;
drop function ideas_refusal_is_answered();
"""


class Migration(migrations.Migration):
    """The database itself refuses a *non retenue* without its published, reasoned answer."""

    dependencies = [("ideas", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
