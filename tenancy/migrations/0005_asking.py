"""Jobs that look at tills on demand; questions and columns of lists. Undone, the kind goes with its jobs: they are kept for days only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("export", "export"),
    ("look", "import"),
    ("check", "import"),
    ("import", "import"),
    ("revert", "taking back"),
    ("print", "for the printer"),
    ("rehearse", "rehearsal"),
    ("foresee", "preview of an undoing"),
    ("undo", "undoing"),
    ("whole", "everything of a merchant"),
    ("guard", "honest till"),
]
KIND_IS_KNOWN = models.CheckConstraint(
    condition=models.Q(("kind__in", [kind for kind, _name in KINDS])), name="job_kind_is_known"
)


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0004_undoing_and_whole_merchants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="backgroundjob", name="job_kind_is_known"),
        migrations.AlterField(
            model_name="backgroundjob",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=10, verbose_name="kind"),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, "DELETE FROM tenancy_backgroundjob WHERE kind = 'guard'"),
        migrations.AddConstraint(model_name="backgroundjob", constraint=KIND_IS_KNOWN),
        migrations.CreateModel(
            name='ListColumns',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('about', models.CharField(max_length=80)),
                ('columns', models.JSONField(default=list)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'about'), name='one_choice_of_columns_per_list')],
            },
        ),
        migrations.CreateModel(
            name='SavedQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('about', models.CharField(max_length=80, verbose_name='list')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=2000, verbose_name='filters')),
                ('is_shared', models.BooleanField(default=False, help_text='Everybody who opens this list here finds it above it.', verbose_name='shared')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('user', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saved by')),
            ],
            options={
                'verbose_name': 'saved question',
                'verbose_name_plural': 'saved questions',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'about', 'user', 'name'), name='one_question_per_name_and_list', violation_error_message='You have a question of this name already.'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_question_has_a_name')],
            },
        ),
    ]
