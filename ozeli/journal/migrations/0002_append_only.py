from django.db import migrations

FORWARD = """
alter table journal_entry add column xid xid8 not null default pg_current_xact_id();
create function journal_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the journal is append-only' using errcode = 'integrity_constraint_violation';
end $$;
create trigger journal_entry_append_only before update or delete or truncate on journal_entry
    for each statement execute function journal_append_only();
create trigger journal_block_append_only before update or delete or truncate on journal_block
    for each statement execute function journal_append_only();
create trigger journal_seal_append_only before update or delete or truncate on journal_seal
    for each statement execute function journal_append_only();
"""
BACKWARD = """
drop trigger journal_entry_append_only on journal_entry;
drop trigger journal_block_append_only on journal_block;
drop trigger journal_seal_append_only on journal_seal;
drop function journal_append_only();
alter table journal_entry drop column xid;
"""


class Migration(migrations.Migration):
    """Rows of the journal can be added and nothing else; `xid` lets the seal respect the transaction horizon."""

    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
