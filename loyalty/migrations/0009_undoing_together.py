"""Undoing many lines as one batch, and writing again what was undone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0008_friend_bonus_is_known'),
        ('tenancy', '0004_undoing_and_whole_merchants'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UndoBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('foreseen', models.JSONField(default=dict)),
                ('figures', models.JSONField(default=dict)),
                ('foreseen_at', models.DateTimeField(null=True, verbose_name='looked at')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='done')),
            ],
            options={
                'verbose_name': 'undoing together',
                'verbose_name_plural': 'undone together',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='UndoneLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('state', models.CharField(choices=[('waiting', 'to be done'), ('done', 'done'), ('refused', 'cannot be done')], default='waiting', max_length=10, verbose_name='state')),
                ('why', models.CharField(blank=True, max_length=300, verbose_name='why not')),
                ('stamps', models.IntegerField(default=0, verbose_name='stamps')),
                ('points', models.BigIntegerField(default=0, verbose_name='points')),
                ('stamps_owed', models.IntegerField(default=0, verbose_name='stamps owed by it')),
                ('points_owed', models.BigIntegerField(default=0, verbose_name='points owed by it')),
            ],
            options={
                'verbose_name': 'line of an undoing',
                'verbose_name_plural': 'lines of undoings',
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='restores',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='restored_by', to='loyalty.loyaltytransaction', verbose_name='takes back the undoing'),
        ),
        migrations.AddField(
            model_name='undobatch',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant'),
        ),
        migrations.AddField(
            model_name='undobatch',
            name='reverses',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='loyalty.undobatch', verbose_name='takes back'),
        ),
        migrations.AddField(
            model_name='undobatch',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AddField(
            model_name='undoneline',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='loyalty.undobatch', verbose_name='batch'),
        ),
        migrations.AddField(
            model_name='undoneline',
            name='card',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltycard', verbose_name='card'),
        ),
        migrations.AddField(
            model_name='undoneline',
            name='first',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltytransaction'),
        ),
        migrations.AddField(
            model_name='undoneline',
            name='last',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltytransaction'),
        ),
        migrations.AddField(
            model_name='undoneline',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltytransaction', verbose_name='transaction'),
        ),
        migrations.AddField(
            model_name='undoneline',
            name='merchant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant'),
        ),
        migrations.AddConstraint(
            model_name='undobatch',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('foreseen_at__isnull', False), _connector='OR'), name='an_undoing_is_looked_at_before_it_is_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='undobatch',
            constraint=models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), ('confirmed_at__isnull', False), _connector='OR'), name='an_undoing_is_confirmed_before_it_is_done'),
        ),
        migrations.AddIndex(
            model_name='undoneline',
            index=models.Index(fields=['batch', 'state', 'card', '-line'], name='undone_lines_to_do'),
        ),
        migrations.AddConstraint(
            model_name='undoneline',
            constraint=models.UniqueConstraint(fields=('batch', 'line'), name='a_line_is_in_an_undoing_once'),
        ),
        migrations.AddConstraint(
            model_name='undoneline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'done', 'refused'])), name='undone_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='undoneline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), models.Q(('why', ''), _negated=True)), models.Q(models.Q(('state', 'refused'), _negated=True), ('why', '')), _connector='OR'), name='an_undoing_says_why_not'),
        ),
        migrations.AddConstraint(
            model_name='undoneline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first__isnull', False), ('last__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('first__isnull', True), ('last__isnull', True)), _connector='OR'), name='what_is_undone_says_by_which_lines'),
        ),
    ]
