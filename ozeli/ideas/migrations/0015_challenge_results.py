
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('challenges', '0002_rights'),
        ('ideas', '0014_merges_and_second_looks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ResultsTold',
            fields=[
                ('challenge', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='challenges.challenge')),
                ('told_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='IdeaPrize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='ce qui a convaincu')),
                ('given_on', models.DateField(verbose_name='donné le')),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prizes', to='ideas.idea', verbose_name='idée')),
                ('prize', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='given', to='challenges.prize')),
            ],
            options={
                'verbose_name': 'prix donné',
                'ordering': ['prize__position', 'prize_id', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('prize', 'idea'), name='ideas_prize_once', violation_error_message='Ce prix est déjà donné à cette idée.')],
            },
        ),
        migrations.CreateModel(
            name='Selection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(verbose_name='tour')),
                ('threshold', models.PositiveIntegerField(verbose_name='votes qui sélectionnent')),
                ('selected_on', models.DateField(verbose_name='sélectionnée le')),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='challenges.challenge')),
                ('idea', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='selections', to='ideas.idea', verbose_name='idée')),
            ],
            options={
                'verbose_name': 'sélection par les votes',
                'constraints': [models.UniqueConstraint(fields=('idea', 'round'), name='ideas_selected_once')],
            },
        ),
    ]
