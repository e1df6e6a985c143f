import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import wallet.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('loyalty', '0001_initial'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoogleNonce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name': 'callback',
                'verbose_name_plural': 'callbacks',
            },
        ),
        migrations.CreateModel(
            name='UpdateTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('epoch', models.CharField(default=wallet.models.new_serial_number, max_length=32)),
                ('value', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'update tag',
                'verbose_name_plural': 'update tags',
            },
        ),
        migrations.CreateModel(
            name='WalletChannel',
            fields=[
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('platform', models.CharField(choices=[('apple', 'Apple Wallet'), ('google', 'Google Wallet')], max_length=10, primary_key=True, serialize=False)),
                ('next_slot_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('paused_until', models.DateTimeField(null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('fault', models.TextField(blank=True)),
                ('wake_at', models.DateTimeField(null=True)),
                ('busy_until', models.DateTimeField(null=True)),
                ('examined_at', models.DateTimeField(null=True)),
                ('findings', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'wallet',
                'verbose_name_plural': 'wallets',
            },
        ),
        migrations.CreateModel(
            name='WalletPass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next attempt')),
                ('lease', models.UUIDField(editable=False, null=True)),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('wanted_version', models.PositiveIntegerField(default=1, verbose_name='wanted')),
                ('synced_version', models.PositiveIntegerField(default=0, verbose_name='synced')),
                ('last_error', models.TextField(blank=True, verbose_name='last error')),
                ('left_out', models.JSONField(default=dict, editable=False, verbose_name='refused and left out')),
                ('left_out_at', models.DateTimeField(editable=False, null=True)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wallet_passes', to='loyalty.loyaltycard', verbose_name='card')),
                ('platform', models.CharField(choices=[('apple', 'Apple Wallet'), ('google', 'Google Wallet')], max_length=10, verbose_name='wallet')),
                ('serial_number', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ('object_id', models.CharField(blank=True, editable=False, max_length=128, null=True, unique=True)),
                ('auth_token', models.CharField(blank=True, editable=False, max_length=64)),
                ('card_key', models.CharField(editable=False, max_length=64)),
                ('state', models.CharField(choices=[('active', 'made'), ('saved', 'in the wallet'), ('removed', 'taken out of the wallet'), ('void', 'no longer valid')], default='active', max_length=10, verbose_name='state')),
                ('state_before_void', models.CharField(blank=True, choices=[('active', 'made'), ('saved', 'in the wallet'), ('removed', 'taken out of the wallet'), ('void', 'no longer valid')], max_length=10)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('saved_at', models.DateTimeField(editable=False, null=True, verbose_name='saved')),
                ('told_at', models.BigIntegerField(default=0, editable=False)),
                ('retired_at', models.DateTimeField(editable=False, null=True, verbose_name='retired')),
                ('last_modified', models.DateTimeField(default=wallet.models.this_second, verbose_name='changed')),
                ('update_tag', models.BigIntegerField(default=0, editable=False)),
                ('tagged_version', models.PositiveIntegerField(default=0, editable=False)),
                ('fetched_at', models.DateTimeField(editable=False, null=True, verbose_name='last fetched')),
                ('fetched_version', models.PositiveIntegerField(default=0, editable=False)),
                ('is_notable', models.BooleanField(default=False, editable=False)),
                ('notified_at', models.JSONField(default=list, editable=False)),
            ],
            options={
                'verbose_name': 'wallet pass',
                'verbose_name_plural': 'wallet passes',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['merchant', 'id'], name='wallet_pass_of_merchant'), models.Index(condition=models.Q(('wanted_version__gt', models.F('synced_version'))), fields=['platform', 'next_attempt_at', 'id'], name='wallet_pass_lagging'), models.Index(condition=models.Q(('platform', 'apple'), ('wanted_version__gt', models.F('tagged_version'))), fields=['id'], name='wallet_pass_untagged')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('card', 'platform'), name='one_living_pass_per_card_and_wallet'), models.CheckConstraint(condition=models.Q(models.Q(('object_id__isnull', True), ('platform', 'apple'), ('serial_number__isnull', False)), models.Q(('object_id__isnull', False), ('platform', 'google'), ('serial_number__isnull', True)), _connector='OR'), name='wallet_pass_has_the_id_of_its_wallet'), models.CheckConstraint(condition=models.Q(('state__in', ['active', 'saved', 'removed', 'void'])), name='wallet_pass_state_is_known'), models.CheckConstraint(condition=models.Q(('synced_version__lte', models.F('wanted_version'))), name='wallet_pass_syncs_what_is_wanted'), models.CheckConstraint(condition=models.Q(('retired_at__isnull', True), ('state', 'void'), _connector='OR'), name='a_retired_pass_is_void')],
            },
        ),
        migrations.CreateModel(
            name='AppleDeviceRegistration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('wallet_pass', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='wallet.walletpass', verbose_name='wallet pass')),
                ('device_library_identifier', models.CharField(max_length=128)),
                ('push_token', models.CharField(max_length=200)),
                ('renewed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='registered')),
                ('pushed_version', models.PositiveIntegerField(default=0, verbose_name='version it was told of')),
            ],
            options={
                'verbose_name': 'device',
                'verbose_name_plural': 'devices',
                'constraints': [models.UniqueConstraint(fields=('device_library_identifier', 'wallet_pass'), name='one_registration_per_device_and_pass')],
            },
        ),
        migrations.CreateModel(
            name='PassDesign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next attempt')),
                ('lease', models.UUIDField(editable=False, null=True)),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('wanted_version', models.PositiveIntegerField(default=1, verbose_name='wanted')),
                ('synced_version', models.PositiveIntegerField(default=0, verbose_name='synced')),
                ('last_error', models.TextField(blank=True, verbose_name='last error')),
                ('left_out', models.JSONField(default=dict, editable=False, verbose_name='refused and left out')),
                ('left_out_at', models.DateTimeField(editable=False, null=True)),
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pass_design', to='loyalty.loyaltyprogram', verbose_name='program')),
                ('class_id', models.CharField(blank=True, editable=False, max_length=128, null=True, unique=True)),
                ('is_refused', models.BooleanField(default=False, editable=False)),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('spread_version', models.PositiveIntegerField(default=1)),
                ('spread_after_id', models.BigIntegerField(null=True)),
            ],
            options={
                'verbose_name': 'pass design',
                'verbose_name_plural': 'pass designs',
                'constraints': [models.CheckConstraint(condition=models.Q(('spread_version__lte', models.F('wanted_version')), ('synced_version__lte', models.F('wanted_version'))), name='pass_design_syncs_what_is_wanted')],
            },
        ),
        migrations.CreateModel(
            name='WalletOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wallet_offers', to='loyalty.loyaltycard', verbose_name='card')),
                ('platform', models.CharField(choices=[('apple', 'Apple Wallet'), ('google', 'Google Wallet')], max_length=10, verbose_name='wallet')),
                ('offered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('clicked_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(null=True)),
                ('saved_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'wallet offer',
                'verbose_name_plural': 'wallet offers',
                'constraints': [models.UniqueConstraint(fields=('card', 'platform'), name='one_offer_per_card_and_wallet'), models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), ('saved_at__isnull', False), _connector='OR'), name='what_was_removed_had_been_saved')],
            },
        ),
    ]
