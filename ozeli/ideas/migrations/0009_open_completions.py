from django.db import migrations

REMEMBER = """
insert into ideas_completionrequest (idea_id, round, questions, asked_by_id, asked_on, reminders, outcome, reply)
select distinct on (i.id) i.id, i.round, jsonb_build_object('general', m.note), m.actor_id, m.made_on, 0, '', ''
from ideas_idea i join ideas_ideamove m on m.idea_id = i.id and m.transition = 'ask_completion'
where i.state = 'to_complete'
order by i.id, m.id desc;
"""
FORGET = "delete from ideas_completionrequest"


class Migration(migrations.Migration):
    """The complements already awaited, from the moves that asked for them."""

    dependencies = [("ideas", "0008_retained_needs_answer")]

    operations = [migrations.RunSQL(REMEMBER, FORGET)]
