import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('loyalty', '0001_initial'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='events')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('active_since', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('secret', models.TextField(editable=False)),
                ('former_secret', models.TextField(blank=True, editable=False)),
                ('rotated_at', models.DateTimeField(editable=False, null=True, verbose_name='secret changed')),
                ('failing_since', models.DateTimeField(editable=False, null=True, verbose_name='failing since')),
                ('switched_off', models.CharField(blank=True, choices=[('gone', 'it said that it is gone (410)'), ('failing', 'it has failed for five days')], max_length=10, verbose_name='switched off')),
            ],
            options={
                'verbose_name': 'webhook endpoint',
                'verbose_name_plural': 'webhook endpoints',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('is_active', False), ('switched_off', ''), _connector='OR'), name='an_active_endpoint_is_not_switched_off')],
            },
        ),
        migrations.CreateModel(
            name='EventLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant')),
                ('position', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'event log',
                'verbose_name_plural': 'event logs',
            },
        ),
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('source', models.CharField(max_length=20)),
                ('settled_id', models.BigIntegerField(default=0)),
                ('safe_id', models.BigIntegerField(default=0)),
                ('fence_id', models.BigIntegerField(default=0)),
                ('fence_xid', models.BigIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'progress',
                'verbose_name_plural': 'progress',
                'constraints': [models.UniqueConstraint(fields=('merchant', 'source'), name='one_progress_per_source')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('event_id', models.CharField(max_length=40, unique=True, verbose_name='id')),
                ('position', models.BigIntegerField()),
                ('type', models.CharField(max_length=40, verbose_name='event')),
                ('happened_at', models.DateTimeField(verbose_name='when')),
                ('body', models.TextField(verbose_name='what it says')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='customer')),
                ('line', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltytransaction')),
                ('purchase', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.purchase')),
                ('purchase_return', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.purchasereturn')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['merchant', 'happened_at'], name='event_by_age')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'position'), name='one_event_per_position'), models.UniqueConstraint(condition=models.Q(('line__isnull', False)), fields=('line', 'type'), name='a_line_is_told_once'), models.UniqueConstraint(condition=models.Q(('purchase__isnull', False)), fields=('purchase',), name='a_purchase_is_told_once'), models.UniqueConstraint(condition=models.Q(('purchase_return__isnull', False)), fields=('purchase_return',), name='a_return_is_told_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next attempt')),
                ('lease', models.UUIDField(editable=False, null=True)),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('endpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.endpoint', verbose_name='endpoint')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.event', verbose_name='event')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('failed', 'failed, tried again'), ('dead', 'given up')], default='waiting', max_length=10, verbose_name='state')),
                ('attempted_at', models.DateTimeField(null=True, verbose_name='last attempt')),
                ('response_status', models.PositiveSmallIntegerField(null=True, verbose_name='answer')),
                ('response_body', models.TextField(blank=True, verbose_name='what it answered')),
                ('trouble', models.CharField(blank=True, max_length=30, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'failed'])), fields=['endpoint', 'next_attempt_at', 'id'], name='delivery_due'), models.Index(fields=['merchant', '-id'], name='delivery_of_merchant'), models.Index(condition=models.Q(('state', 'dead')), fields=['merchant'], name='delivery_dead')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'event'), name='one_delivery_per_event_and_endpoint'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'delivered', 'failed', 'dead'])), name='delivery_state_is_known')],
            },
        ),
    ]
