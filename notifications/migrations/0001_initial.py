import django.db.models.deletion
import django.db.models.functions.datetime
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
            name='AccountEmail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next attempt')),
                ('lease', models.UUIDField(editable=False, null=True)),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('about_id', models.PositiveBigIntegerField()),
                ('status', models.CharField(choices=[('queued', 'queued'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'failed'), ('suppressed', 'not sent')], default='queued', max_length=10, verbose_name='status')),
                ('fault', models.CharField(blank=True, choices=[('unreachable', 'mail server not reachable'), ('interrupted', 'connection lost while sending'), ('deferred', 'refused for now'), ('refused', 'refused'), ('bad_address', 'address is not valid'), ('text', 'text cannot be used'), ('accident', 'error while preparing')], max_length=12, verbose_name='fault')),
                ('dedup_key', models.CharField(editable=False, max_length=120, unique=True)),
            ],
            options={
                'verbose_name': 'account e-mail',
                'verbose_name_plural': 'account e-mails',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('status__in', ['queued', 'sending'])), fields=['next_attempt_at', 'id'], name='account_email_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'sending', 'sent', 'failed', 'suppressed'])), name='account_email_status_is_known')],
            },
        ),
        migrations.CreateModel(
            name='AddressProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('address', models.CharField(max_length=254, verbose_name='address')),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='failures in a row')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('broken_since', models.DateTimeField(blank=True, null=True, verbose_name='does not work since')),
            ],
            options={
                'verbose_name': 'address problem',
                'verbose_name_plural': 'address problems',
            },
        ),
        migrations.CreateModel(
            name='EmailLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('lease', models.UUIDField(editable=False, null=True)),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('store', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.store', verbose_name='store')),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='customer')),
                ('card', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltycard', verbose_name='card')),
                ('code', models.CharField(choices=[('loyalty_enrollment', 'Welcome: the card'), ('loyalty_welcome_bonus', 'Welcome: the card, with a bonus'), ('loyalty_reward_ready', 'Reward ready'), ('loyalty_points_expiring', 'Points are about to expire'), ('loyalty_points_expired', 'Points have expired'), ('loyalty_owed', 'Something is owed'), ('loyalty_card_link', 'Link to the card'), ('erase_confirmation', 'Confirm erasure'), ('loyalty_confirm_email', 'Confirm a new address')], max_length=40, verbose_name='e-mail')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'French'), ('de', 'German'), ('lb', 'Luxembourgish')], max_length=5, verbose_name='language')),
                ('to', models.CharField(blank=True, max_length=254, verbose_name='to')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('context', models.JSONField(blank=True, default=dict, verbose_name='what it is about')),
                ('status', models.CharField(choices=[('queued', 'queued'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'failed'), ('suppressed', 'not sent')], default='queued', max_length=10, verbose_name='status')),
                ('fault', models.CharField(blank=True, choices=[('unreachable', 'mail server not reachable'), ('interrupted', 'connection lost while sending'), ('deferred', 'refused for now'), ('refused', 'refused'), ('bad_address', 'address is not valid'), ('text', 'text cannot be used'), ('accident', 'error while preparing')], max_length=12, verbose_name='fault')),
                ('error', models.TextField(blank=True, verbose_name='reason')),
                ('next_attempt_at', models.DateTimeField(blank=True, null=True, verbose_name='next attempt')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('dedup_key', models.CharField(editable=False, max_length=120, unique=True)),
            ],
            options={
                'verbose_name': 'e-mail',
                'verbose_name_plural': 'e-mails',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at', 'id'], name='email_due'), models.Index(fields=['merchant', '-id'], name='email_of_merchant'), models.Index(fields=['customer', '-id'], name='email_of_customer'), models.Index(condition=models.Q(('status', 'failed')), fields=['merchant'], name='email_failed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'sending', 'sent', 'failed', 'suppressed'])), name='email_status_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['queued', 'sending']), _negated=True), ('next_attempt_at__isnull', False), _connector='OR'), name='a_queued_email_has_its_next_attempt'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['sent', 'suppressed']), _negated=True), ('next_attempt_at__isnull', True), _connector='OR'), name='a_settled_email_is_not_tried_again')],
            },
        ),
        migrations.CreateModel(
            name='EmailTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('code', models.CharField(choices=[('loyalty_enrollment', 'Welcome: the card'), ('loyalty_welcome_bonus', 'Welcome: the card, with a bonus'), ('loyalty_reward_ready', 'Reward ready'), ('loyalty_points_expiring', 'Points are about to expire'), ('loyalty_points_expired', 'Points have expired'), ('loyalty_owed', 'Something is owed'), ('loyalty_card_link', 'Link to the card'), ('erase_confirmation', 'Confirm erasure'), ('loyalty_confirm_email', 'Confirm a new address')], max_length=40, verbose_name='e-mail')),
                ('merchant', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('store', models.ForeignKey(blank=True, help_text='Leave empty for the text of the whole platform.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.store', verbose_name='store')),
                ('subject', models.CharField(blank=True, max_length=400, verbose_name='subject')),
                ('subject_en', models.CharField(blank=True, max_length=400, null=True, verbose_name='subject')),
                ('subject_fr', models.CharField(blank=True, max_length=400, null=True, verbose_name='subject')),
                ('subject_de', models.CharField(blank=True, max_length=400, null=True, verbose_name='subject')),
                ('subject_lb', models.CharField(blank=True, max_length=400, null=True, verbose_name='subject')),
                ('body', models.TextField(blank=True, max_length=10000, verbose_name='text')),
                ('body_en', models.TextField(blank=True, max_length=10000, null=True, verbose_name='text')),
                ('body_fr', models.TextField(blank=True, max_length=10000, null=True, verbose_name='text')),
                ('body_de', models.TextField(blank=True, max_length=10000, null=True, verbose_name='text')),
                ('body_lb', models.TextField(blank=True, max_length=10000, null=True, verbose_name='text')),
                ('shipped', models.JSONField(default=dict, editable=False, help_text='Field -> hash of the text that came with the software.')),
            ],
            options={
                'verbose_name': 'e-mail text',
                'verbose_name_plural': 'e-mail texts',
                'ordering': ['code', 'store_id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('store__isnull', True)), fields=('code',), name='one_platform_text_per_code', violation_error_message='The platform has a text for this e-mail already.'), models.UniqueConstraint(condition=models.Q(('store__isnull', False)), fields=('code', 'store'), name='one_text_per_code_and_store', violation_error_message='This store has its own text for this e-mail already.'), models.CheckConstraint(condition=models.Q(('code__in', ['loyalty_enrollment', 'loyalty_welcome_bonus', 'loyalty_reward_ready', 'loyalty_points_expiring', 'loyalty_points_expired', 'loyalty_owed', 'loyalty_card_link', 'erase_confirmation', 'loyalty_confirm_email'])), name='text_code_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('merchant__isnull', True), ('store__isnull', True)), models.Q(('merchant__isnull', False), ('store__isnull', False)), _connector='OR'), name='a_text_is_a_stores_or_the_platforms')],
            },
        ),
        migrations.CreateModel(
            name='TextMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next attempt')),
                ('lease', models.UUIDField(editable=False, null=True)),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltycard', verbose_name='card')),
                ('kind', models.CharField(choices=[('confirm_phone', 'Confirm a new number'), ('card_link', 'Link to the card'), ('erasure', 'Confirm erasure')], max_length=20, verbose_name='kind')),
                ('status', models.CharField(choices=[('queued', 'queued'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'failed'), ('suppressed', 'not sent')], default='queued', max_length=10, verbose_name='status')),
                ('fault', models.CharField(blank=True, choices=[('unreachable', 'mail server not reachable'), ('interrupted', 'connection lost while sending'), ('deferred', 'refused for now'), ('refused', 'refused'), ('bad_address', 'address is not valid'), ('text', 'text cannot be used'), ('accident', 'error while preparing')], max_length=12, verbose_name='fault')),
                ('dedup_key', models.CharField(editable=False, max_length=120, unique=True)),
            ],
            options={
                'verbose_name': 'text message',
                'verbose_name_plural': 'text messages',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('status__in', ['queued', 'sending'])), fields=['next_attempt_at', 'id'], name='text_message_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'sending', 'sent', 'failed', 'suppressed'])), name='text_message_status_is_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['confirm_phone', 'card_link', 'erasure'])), name='text_message_kind_is_known')],
            },
        ),
    ]
