from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_delegations")]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=GinIndex(SearchVector("sort_name", config="simple"), name="accounts_user_words"),
        ),
    ]
