import django.db.models.deletion
from django.db import migrations, models

# Columns as the model has them; partitions by day, and one for what no day was made for.
TABLE = """CREATE TABLE tenancy_settledmessage (
    id bigint NOT NULL,
    event varchar(60) NOT NULL,
    subscriber varchar(120) NOT NULL,
    payload jsonb NOT NULL,
    request_id varchar(128) NOT NULL,
    attempts smallint NOT NULL CHECK (attempts >= 0),
    created_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone NOT NULL,
    merchant_id bigint NULL
) PARTITION BY RANGE (settled_at)"""
REST = "CREATE TABLE tenancy_settledmessage_rest PARTITION OF tenancy_settledmessage DEFAULT"


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0009_former_rows'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([TABLE, REST], "DROP TABLE tenancy_settledmessage")],
            state_operations=[
                migrations.CreateModel(
                    name='SettledMessage',
                    fields=[
                        ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('event', models.CharField(max_length=60, verbose_name='event')),
                        ('subscriber', models.CharField(max_length=120, verbose_name='subscriber')),
                        ('payload', models.JSONField(verbose_name='payload')),
                        ('request_id', models.CharField(max_length=128, verbose_name='request')),
                        ('attempts', models.PositiveSmallIntegerField(verbose_name='attempts')),
                        ('created_at', models.DateTimeField(verbose_name='created')),
                        ('settled_at', models.DateTimeField(verbose_name='settled')),
                        ('merchant', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                    ],
                    options={
                        'verbose_name': 'settled message',
                        'verbose_name_plural': 'settled messages',
                        'ordering': ['settled_at', 'id'],
                        'abstract': False,
                    },
                ),
            ],
        ),
    ]
