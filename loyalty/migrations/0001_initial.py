import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from groundwork.database.text_search import TrigramIndex


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('date', models.DateField()),
                ('new_cards', models.IntegerField(default=0)),
                ('stamps', models.IntegerField(default=0)),
                ('stamps_redeemed', models.IntegerField(default=0)),
                ('points_issued', models.BigIntegerField(default=0)),
                ('points_redeemed', models.BigIntegerField(default=0)),
                ('points_redemptions', models.IntegerField(default=0)),
                ('points_expired', models.BigIntegerField(default=0)),
                ('points_voided', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='LoyaltyCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deleted_at', models.DateTimeField(db_index=True, editable=False, null=True, verbose_name='deleted')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('deletion_batch', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('card_number', models.CharField(max_length=12, unique=True, verbose_name='card number')),
                ('qr_code_data', models.CharField(max_length=30, unique=True)),
                ('access_token', models.CharField(max_length=30, unique=True)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('stamp_count', models.IntegerField(default=0, verbose_name='stamps')),
                ('total_stamps_earned', models.IntegerField(default=0, verbose_name='stamps earned')),
                ('total_stamps_spent', models.IntegerField(default=0, verbose_name='stamps spent')),
                ('total_stamps_voided', models.IntegerField(default=0, verbose_name='stamps undone')),
                ('stamps_redeemed', models.IntegerField(default=0, verbose_name='rewards for stamps')),
                ('points_balance', models.BigIntegerField(default=0, verbose_name='points')),
                ('total_points_earned', models.BigIntegerField(default=0, verbose_name='points earned')),
                ('points_redeemed', models.BigIntegerField(default=0, verbose_name='points redeemed')),
                ('total_points_voided', models.BigIntegerField(default=0, verbose_name='points undone or expired')),
                ('last_stamp_at', models.DateTimeField(blank=True, null=True, verbose_name='last stamp')),
                ('last_points_at', models.DateTimeField(blank=True, null=True, verbose_name='last points')),
                ('last_redemption_at', models.DateTimeField(blank=True, null=True, verbose_name='last redemption')),
                ('last_activity_at', models.DateTimeField(blank=True, null=True, verbose_name='last activity')),
                ('last_expiration_warning_at', models.DateTimeField(blank=True, null=True, verbose_name='last warning of expiry')),
                ('expiry_not_before', models.DateTimeField(blank=True, null=True, verbose_name='does not expire before')),
            ],
            options={
                'verbose_name': 'card',
                'verbose_name_plural': 'cards',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='LoyaltyProgram',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deleted_at', models.DateTimeField(db_index=True, editable=False, null=True, verbose_name='deleted')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('deletion_batch', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('loyalty_type', models.CharField(choices=[('stamps', 'stamps'), ('points', 'points'), ('hybrid', 'stamps and points')], default='stamps', max_length=10, verbose_name='kind')),
                ('stamps_target', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)], verbose_name='stamps for a reward')),
                ('stamps_reward_description', models.CharField(blank=True, max_length=200, verbose_name='reward for a full card')),
                ('stamps_reward_description_en', models.CharField(blank=True, max_length=200, null=True, verbose_name='reward for a full card')),
                ('stamps_reward_description_fr', models.CharField(blank=True, max_length=200, null=True, verbose_name='reward for a full card')),
                ('stamps_reward_description_de', models.CharField(blank=True, max_length=200, null=True, verbose_name='reward for a full card')),
                ('stamps_reward_description_lb', models.CharField(blank=True, max_length=200, null=True, verbose_name='reward for a full card')),
                ('stamps_reward_value_cents', models.PositiveIntegerField(blank=True, null=True, verbose_name='value of that reward (cents)')),
                ('points_per_euro', models.DecimalField(decimal_places=2, default=Decimal('1'), max_digits=7, validators=[django.core.validators.MinValueValidator(Decimal('0.01')), django.core.validators.MaxValueValidator(Decimal('10000'))], verbose_name='points per unit of currency')),
                ('minimum_purchase_cents', models.PositiveIntegerField(default=0, verbose_name='minimum purchase (cents)')),
                ('minimum_redemption_points', models.PositiveIntegerField(default=0, verbose_name='minimum points to redeem')),
                ('welcome_bonus_points', models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(1000000)], verbose_name='welcome bonus (points)')),
                ('points_expiration_days', models.PositiveSmallIntegerField(blank=True, help_text='Days without any activity. Leave empty if points never expire.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='points expire after (days)')),
                ('expiry_requires_warning', models.BooleanField(default=False, help_text='A card that was never warned is warned first and expires 7 days later at the earliest.', verbose_name='expire only after a warning')),
                ('expiry_not_before', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='nothing expires before')),
                ('point_value_cents', models.DecimalField(decimal_places=4, default=Decimal('1'), help_text='For the estimated liability: at 1, a hundred points are worth 1.00.', max_digits=8, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='value of a point (cents)')),
                ('cooldown_minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MaxValueValidator(10080)], verbose_name='minutes between two stamps')),
                ('max_daily_stamps', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='stamps a day')),
                ('require_staff_pin', models.BooleanField(default=True, verbose_name='staff type a PIN')),
                ('card_name', models.CharField(blank=True, max_length=80, verbose_name='name of the card')),
                ('card_name_en', models.CharField(blank=True, max_length=80, null=True, verbose_name='name of the card')),
                ('card_name_fr', models.CharField(blank=True, max_length=80, null=True, verbose_name='name of the card')),
                ('card_name_de', models.CharField(blank=True, max_length=80, null=True, verbose_name='name of the card')),
                ('card_name_lb', models.CharField(blank=True, max_length=80, null=True, verbose_name='name of the card')),
                ('card_color', models.CharField(default='#1f5c4a', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}\\Z', 'A colour like #1f5c4a.')], verbose_name='colour')),
                ('card_secondary_color', models.CharField(default='#f2d43d', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}\\Z', 'A colour like #1f5c4a.')], verbose_name='second colour')),
                ('logo', models.ImageField(blank=True, null=True, upload_to='programs/', verbose_name='logo')),
                ('hero_image', models.ImageField(blank=True, null=True, upload_to='programs/', verbose_name='picture')),
                ('terms_text', models.TextField(blank=True, max_length=20000, verbose_name='terms')),
                ('terms_text_en', models.TextField(blank=True, max_length=20000, null=True, verbose_name='terms')),
                ('terms_text_fr', models.TextField(blank=True, max_length=20000, null=True, verbose_name='terms')),
                ('terms_text_de', models.TextField(blank=True, max_length=20000, null=True, verbose_name='terms')),
                ('terms_text_lb', models.TextField(blank=True, max_length=20000, null=True, verbose_name='terms')),
                ('privacy_url', models.URLField(blank=True, verbose_name='privacy notice')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('activated_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='activated')),
            ],
            options={
                'verbose_name': 'loyalty program',
                'verbose_name_plural': 'loyalty programs',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='LoyaltyTransaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('transaction_type', models.CharField(choices=[('card_created', 'card made'), ('welcome_bonus', 'welcome bonus'), ('stamp_earned', 'stamp given'), ('stamp_redeemed', 'reward for stamps'), ('stamp_voided', 'stamps undone'), ('points_earned', 'points given'), ('points_redeemed', 'reward for points'), ('points_voided', 'points undone'), ('points_adjustment', 'points adjusted'), ('points_expired', 'points expired'), ('card_deactivated', 'card deactivated'), ('card_reactivated', 'card reactivated'), ('card_replaced', 'card replaced'), ('merge_in', 'merged in'), ('merge_out', 'merged into another card'), ('opening_balance', 'opening balance')], max_length=20, verbose_name='kind')),
                ('stamps_delta', models.IntegerField(default=0, verbose_name='stamps')),
                ('stamps_balance_after', models.IntegerField(verbose_name='stamps after')),
                ('points_delta', models.BigIntegerField(default=0, verbose_name='points')),
                ('points_balance_after', models.BigIntegerField(verbose_name='points after')),
                ('purchase_amount_cents', models.PositiveIntegerField(null=True, verbose_name='purchase (cents)')),
                ('order_reference', models.CharField(blank=True, max_length=64, verbose_name='receipt number')),
                ('reward_name', models.CharField(blank=True, max_length=200, verbose_name='reward then')),
                ('reward_points_cost', models.PositiveIntegerField(null=True, verbose_name='cost then (points)')),
                ('notes', models.CharField(blank=True, max_length=500, verbose_name='notes')),
                ('ip_address', models.GenericIPAddressField(null=True, verbose_name='address')),
                ('user_agent', models.CharField(blank=True, max_length=200, verbose_name='program')),
                ('recorded_offline', models.BooleanField(default=False, verbose_name='recorded offline')),
                ('transaction_at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'transaction',
                'verbose_name_plural': 'transactions',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='MerchantCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('open_from', models.DateField(null=True)),
                ('timezone', models.CharField(default='', max_length=64)),
                ('points_expired_on', models.DateField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MerchantLoyaltySettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('allow_cross_location_redemption', models.BooleanField(default=True, verbose_name='cards are valid at all stores')),
                ('allow_self_enrollment', models.BooleanField(default=True, verbose_name='customers may enrol by themselves')),
                ('allow_void_transactions', models.BooleanField(default=True, verbose_name='staff may undo')),
                ('void_window_hours', models.PositiveSmallIntegerField(default=24, help_text='Managers are not bound by it.', validators=[django.core.validators.MaxValueValidator(8760)], verbose_name='hours in which staff may undo')),
                ('require_order_reference', models.BooleanField(default=False, verbose_name='points need a receipt number')),
                ('staff_pin_lockout_attempts', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='wrong PINs until a lock-out')),
                ('staff_pin_lockout_minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)], verbose_name='minutes of a lock-out')),
                ('log_ip_addresses', models.BooleanField(default=True, verbose_name='keep addresses in the ledger')),
            ],
            options={
                'verbose_name': 'loyalty settings',
                'verbose_name_plural': 'loyalty settings',
            },
        ),
        migrations.CreateModel(
            name='OrderReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('reference', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='PointsReward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deleted_at', models.DateTimeField(db_index=True, editable=False, null=True, verbose_name='deleted')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('deletion_batch', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_en', models.CharField(max_length=120, null=True, verbose_name='name')),
                ('name_fr', models.CharField(max_length=120, null=True, verbose_name='name')),
                ('name_de', models.CharField(max_length=120, null=True, verbose_name='name')),
                ('name_lb', models.CharField(max_length=120, null=True, verbose_name='name')),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='description')),
                ('description_en', models.CharField(blank=True, max_length=300, null=True, verbose_name='description')),
                ('description_fr', models.CharField(blank=True, max_length=300, null=True, verbose_name='description')),
                ('description_de', models.CharField(blank=True, max_length=300, null=True, verbose_name='description')),
                ('description_lb', models.CharField(blank=True, max_length=300, null=True, verbose_name='description')),
                ('points_cost', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='cost (points)')),
                ('value_cents', models.PositiveIntegerField(blank=True, null=True, verbose_name='value (cents)')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'reward',
                'verbose_name_plural': 'rewards',
                'ordering': ['position', 'points_cost', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StaffPin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deleted_at', models.DateTimeField(db_index=True, editable=False, null=True, verbose_name='deleted')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('deletion_batch', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('staff_code', models.CharField(blank=True, max_length=30, verbose_name='staff code')),
                ('pin_hash', models.CharField(editable=False, max_length=128)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('failed_attempts', models.PositiveSmallIntegerField(default=0, verbose_name='wrong attempts')),
                ('locked_until', models.DateTimeField(blank=True, null=True, verbose_name='locked until')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
            ],
            options={
                'verbose_name': 'staff PIN',
                'verbose_name_plural': 'staff PINs',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StaffToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('device', models.CharField(max_length=80)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, choices=[('changed', 'PIN changed'), ('locked', 'PIN locked'), ('removed', 'PIN removed')], max_length=10)),
            ],
        ),
        migrations.AddField(
            model_name='dailyfigures',
            name='merchant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant'),
        ),
        migrations.AddField(
            model_name='dailyfigures',
            name='store',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.store'),
        ),
        migrations.AddField(
            model_name='loyaltycard',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='loyaltycard',
            name='deleted_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by'),
        ),
        migrations.AddField(
            model_name='loyaltycard',
            name='enrolled_at_store',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tenancy.store', verbose_name='enrolled at'),
        ),
        migrations.AddField(
            model_name='loyaltycard',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant'),
        ),
        migrations.AddField(
            model_name='loyaltycard',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltycard', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='loyaltycard',
            name='scope_store',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.store', verbose_name='valid only at'),
        ),
        migrations.AddField(
            model_name='loyaltyprogram',
            name='deleted_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by'),
        ),
        migrations.AddField(
            model_name='loyaltyprogram',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant'),
        ),
        migrations.AddField(
            model_name='loyaltycard',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='loyalty.loyaltyprogram', verbose_name='program'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='api_key',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.apikey', verbose_name='API key'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='till',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.till', verbose_name='till'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='card',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='transactions', to='loyalty.loyaltycard', verbose_name='card'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='store',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='user',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='voids',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voided_by', to='loyalty.loyaltytransaction', verbose_name='undoes'),
        ),
        migrations.AddField(
            model_name='merchantcalendar',
            name='merchant',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant'),
        ),
        migrations.AddField(
            model_name='merchantloyaltysettings',
            name='merchant',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='loyalty_settings', to='tenancy.merchant', verbose_name='merchant'),
        ),
        migrations.AddField(
            model_name='orderreference',
            name='merchant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant'),
        ),
        migrations.AddField(
            model_name='orderreference',
            name='transaction',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltytransaction'),
        ),
        migrations.AddField(
            model_name='pointsreward',
            name='deleted_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by'),
        ),
        migrations.AddField(
            model_name='pointsreward',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant'),
        ),
        migrations.AddField(
            model_name='pointsreward',
            name='program',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='loyalty.loyaltyprogram', verbose_name='program'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='reward',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.pointsreward', verbose_name='reward'),
        ),
        migrations.AddField(
            model_name='staffpin',
            name='deleted_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by'),
        ),
        migrations.AddField(
            model_name='staffpin',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant'),
        ),
        migrations.AddField(
            model_name='staffpin',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_pins', to='tenancy.store', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='loyaltytransaction',
            name='staff_pin',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.staffpin', verbose_name='staff'),
        ),
        migrations.AddField(
            model_name='stafftoken',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant'),
        ),
        migrations.AddField(
            model_name='stafftoken',
            name='staff_pin',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='loyalty.staffpin'),
        ),
        migrations.AddConstraint(
            model_name='dailyfigures',
            constraint=models.UniqueConstraint(condition=models.Q(('store__isnull', False)), fields=('merchant', 'store', 'date'), name='one_roll_up_per_store_day'),
        ),
        migrations.AddConstraint(
            model_name='dailyfigures',
            constraint=models.UniqueConstraint(condition=models.Q(('store__isnull', True)), fields=('merchant', 'date'), name='one_roll_up_per_system_day'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyprogram',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('merchant',), name='one_living_program_per_merchant', violation_error_message='This merchant has a loyalty program already.'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyprogram',
            constraint=models.CheckConstraint(condition=models.Q(('loyalty_type__in', ['stamps', 'points', 'hybrid'])), name='program_type_is_known'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyprogram',
            constraint=models.CheckConstraint(condition=models.Q(('stamps_target__gte', 1), ('stamps_target__lte', 50)), name='stamps_target_is_1_to_50'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyprogram',
            constraint=models.CheckConstraint(condition=models.Q(('points_per_euro__gt', 0)), name='points_per_euro_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyprogram',
            constraint=models.CheckConstraint(condition=models.Q(('points_expiration_days', None), ('points_expiration_days__gt', 0), _connector='OR'), name='points_expiration_is_never_or_days'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyprogram',
            constraint=models.CheckConstraint(condition=models.Q(('max_daily_stamps__gte', 1)), name='at_least_one_stamp_a_day'),
        ),
        migrations.AddConstraint(
            model_name='loyaltyprogram',
            constraint=models.CheckConstraint(condition=models.Q(('point_value_cents__gte', 0)), name='a_point_is_worth_nothing_or_more'),
        ),
        migrations.AddIndex(
            model_name='loyaltycard',
            index=models.Index(fields=['merchant', '-id'], name='card_of_merchant'),
        ),
        migrations.AddIndex(
            model_name='loyaltycard',
            index=models.Index(condition=models.Q(('is_active', False)), fields=['merchant', '-id'], name='card_switched_off'),
        ),
        migrations.AddIndex(
            model_name='loyaltycard',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('is_active', True), ('points_balance__gt', 0)), fields=['program', 'last_activity_at'], name='card_points_by_activity'),
        ),
        migrations.AddConstraint(
            model_name='loyaltycard',
            constraint=models.CheckConstraint(condition=models.Q(('stamp_count__gte', 0)), name='stamps_are_never_negative', violation_error_message='A card cannot have less than no stamps.'),
        ),
        migrations.AddConstraint(
            model_name='loyaltycard',
            constraint=models.CheckConstraint(condition=models.Q(('points_balance__gte', 0)), name='points_are_never_negative', violation_error_message='A card cannot have less than no points.'),
        ),
        migrations.AddConstraint(
            model_name='loyaltycard',
            constraint=models.CheckConstraint(condition=models.Q(('stamp_count', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('total_stamps_earned'), '-', models.F('total_stamps_spent')), '-', models.F('total_stamps_voided')))), name='stamps_are_earned_less_spent_less_voided'),
        ),
        migrations.AddConstraint(
            model_name='loyaltycard',
            constraint=models.CheckConstraint(condition=models.Q(('points_balance', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('total_points_earned'), '-', models.F('points_redeemed')), '-', models.F('total_points_voided')))), name='points_are_earned_less_redeemed_less_voided'),
        ),
        migrations.AddConstraint(
            model_name='loyaltycard',
            constraint=models.CheckConstraint(condition=models.Q(('points_redeemed__gte', 0), ('stamps_redeemed__gte', 0), ('total_points_earned__gte', 0), ('total_points_voided__gte', 0), ('total_stamps_earned__gte', 0), ('total_stamps_spent__gte', 0), ('total_stamps_voided__gte', 0)), name='card_counters_are_never_negative'),
        ),
        migrations.AddConstraint(
            model_name='loyaltycard',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True), ('scope_store__isnull', True)), fields=('customer', 'program'), name='one_card_per_customer_everywhere'),
        ),
        migrations.AddConstraint(
            model_name='loyaltycard',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True), ('scope_store__isnull', False)), fields=('customer', 'program', 'scope_store'), name='one_card_per_customer_and_store'),
        ),
        migrations.AddConstraint(
            model_name='merchantloyaltysettings',
            constraint=models.CheckConstraint(condition=models.Q(('staff_pin_lockout_attempts__gte', 1)), name='lockout_after_an_attempt'),
        ),
        migrations.AddConstraint(
            model_name='orderreference',
            constraint=models.UniqueConstraint(fields=('merchant', 'reference'), name='one_receipt_earns_once'),
        ),
        migrations.AddConstraint(
            model_name='pointsreward',
            constraint=models.CheckConstraint(condition=models.Q(('points_cost__gt', 0)), name='reward_costs_points'),
        ),
        migrations.AddConstraint(
            model_name='staffpin',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('store', 'name'), name='one_pin_per_name_and_store', violation_error_message='Somebody at this store has this name already.'),
        ),
        migrations.AddIndex(
            model_name='loyaltytransaction',
            index=models.Index(fields=['card', 'id'], name='transaction_of_card'),
        ),
        migrations.AddIndex(
            model_name='loyaltytransaction',
            index=models.Index(condition=models.Q(('transaction_type', 'stamp_earned')), fields=['card', 'transaction_at'], name='stamps_of_card'),
        ),
        migrations.AddIndex(
            model_name='loyaltytransaction',
            index=models.Index(condition=models.Q(('store__isnull', False)), fields=['store', 'id'], name='transaction_of_store'),
        ),
        migrations.AddIndex(
            model_name='loyaltytransaction',
            index=models.Index(fields=['merchant', 'transaction_at'], name='transaction_of_merchant'),
        ),
        migrations.AddIndex(
            model_name='loyaltytransaction',
            index=models.Index(fields=['merchant', '-id'], name='transaction_newest'),
        ),
        migrations.AddIndex(
            model_name='loyaltytransaction',
            index=models.Index(condition=models.Q(('transaction_type__in', ['stamp_earned', 'points_earned']), _negated=True), fields=['merchant', 'transaction_type', '-id'], name='transaction_of_a_rare_kind'),
        ),
        migrations.AddIndex(
            model_name='loyaltytransaction',
            index=models.Index(condition=models.Q(('recorded_offline', True)), fields=['merchant', '-id'], name='transaction_recorded_offline'),
        ),
        migrations.AddIndex(
            model_name='loyaltytransaction',
            index=models.Index(condition=models.Q(('order_reference', ''), _negated=True), fields=['merchant', 'order_reference'], name='transaction_of_receipt'),
        ),
        migrations.AddConstraint(
            model_name='loyaltytransaction',
            constraint=models.CheckConstraint(condition=models.Q(('transaction_type__in', ['card_created', 'welcome_bonus', 'stamp_earned', 'stamp_redeemed', 'stamp_voided', 'points_earned', 'points_redeemed', 'points_voided', 'points_adjustment', 'points_expired', 'card_deactivated', 'card_reactivated', 'card_replaced', 'merge_in', 'merge_out', 'opening_balance'])), name='transaction_type_is_known'),
        ),
        migrations.AddConstraint(
            model_name='loyaltytransaction',
            constraint=models.CheckConstraint(condition=models.Q(('points_balance_after__gte', 0), ('stamps_balance_after__gte', 0)), name='balances_after_are_never_negative'),
        ),
        migrations.AddIndex(
            model_name='stafftoken',
            index=models.Index(fields=['expires_at'], name='staff_token_age'),
        ),
        migrations.AddConstraint(
            model_name='stafftoken',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True)), ('ended_at__isnull', False), _connector='OR'), name='a_token_ends_for_a_reason'),
        ),
        migrations.CreateModel(
            name='CardSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('until', models.DateTimeField()),
                ('timezone', models.CharField(default='', max_length=64)),
                ('terms', models.CharField(max_length=60)),
                ('cards', models.IntegerField(default=0)),
                ('active_cards', models.IntegerField(default=0)),
                ('liability_cents', models.BigIntegerField(default=0)),
                ('seen_since', models.JSONField(default=dict)),
                ('first_lines', models.JSONField(default=dict)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant')),
                ('program', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.loyaltyprogram')),
                ('store', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.store')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('store__isnull', False)), fields=('program', 'store'), name='one_snapshot_per_store'), models.UniqueConstraint(condition=models.Q(('store__isnull', True)), fields=('program',), name='one_snapshot_of_all_stores')],
            },
        ),
        TrigramIndex("card_number_trigrams", "loyalty_loyaltycard", "card_number"),
    ]
