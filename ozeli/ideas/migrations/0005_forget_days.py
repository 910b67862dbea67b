from django.db import migrations

FORGET = """
update ideas_idea set
    deposited_on = date_trunc('month', deposited_on)::date,
    waiting_since = date_trunc('month', waiting_since)::date,
    answer_due_on = (date_trunc('month', answer_due_on) + interval '1 month - 1 day')::date
where is_anonymous;
update ideas_ideamove set made_on = date_trunc('month', made_on)::date
where idea_id in (select id from ideas_idea where is_anonymous);
"""


class Migration(migrations.Migration):
    """Of an anonymous idea, keep the month only."""

    dependencies = [("ideas", "0004_queues_and_answers")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
