from django.db import migrations

FORWARD = """
create function ideas_published_answer_stays() returns trigger language plpgsql as $$
begin
    if old.published_on is null then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'UPDATE' and (new.idea_id, new.round, new.verdict, new.reason, new.answer, new.published_on)
        is not distinct from (old.idea_id, old.round, old.verdict, old.reason, old.answer, old.published_on) then
        return new;
    end if;
    raise exception 'decision % is published: it stays as it was read', old.id
        using errcode = 'check_violation';
end $$;
create trigger ideas_published_answer_stays before update or delete on ideas_decision
    for each row execute function ideas_published_answer_stays();
"""
BACKWARD = """
drop trigger ideas_published_answer_stays on ideas_decision;
drop function ideas_published_answer_stays();
"""


class Migration(migrations.Migration):
    """A published answer is neither rewritten nor removed; only the names of those who gave it may be erased."""

    dependencies = [("ideas", "0002_refusal_needs_answer")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
