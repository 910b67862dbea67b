from django.db import migrations

CREATE = """
create view people_directoryentry as
select 'm' || min(m.id) as id, m.user_id, 'referent'::varchar(16) as role, m.organisation_id,
       case when bool_or(m.ends_on is null) then null else max(m.ends_on) end as ends_on
from accounts_membership m
where m.organisation_id is not null and exists (
    select from accounts_matrixcell c where c.profile_id = m.profile_id and c.brick = 'ideas' and c.level >= 2
)
group by m.user_id, m.organisation_id
union all
select 'r' || r.id, r.user_id, r.role, r.organisation_id, r.ends_on
from people_directoryrole r where r.state = 'given'
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("accounts", "0002_profiles")]

    operations = [migrations.RunSQL(CREATE, "drop view people_directoryentry")]
