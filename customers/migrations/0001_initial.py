import django.db.models.deletion
import django.db.models.functions.text
import groundwork.database.text_search
from django.conf import settings
from django.db import migrations, models

from groundwork.database.text_search import TrigramIndex


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('deleted_at', models.DateTimeField(db_index=True, editable=False, null=True, verbose_name='deleted')),
                ('deleted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deleted by')),
                ('deletion_batch', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.merchant', verbose_name='merchant')),
                ('store', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.store', verbose_name='first met at')),
                ('email', models.EmailField(blank=True, max_length=254, null=True, verbose_name='e-mail')),
                ('email_confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='e-mail confirmed')),
                ('pending_email', models.EmailField(blank=True, editable=False, max_length=254, null=True, verbose_name='e-mail to be confirmed')),
                ('first_name', models.CharField(blank=True, max_length=80, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=80, verbose_name='last name')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('phone_confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='phone confirmed')),
                ('pending_phone', models.CharField(blank=True, editable=False, max_length=16, verbose_name='phone to be confirmed')),
                ('phone_code_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('phone_code_tries', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='birthday')),
                ('preferred_language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'French'), ('de', 'German'), ('lb', 'Luxembourgish')], max_length=5, verbose_name='language')),
                ('marketing_consent', models.BooleanField(default=False, verbose_name='wants offers by e-mail')),
                ('marketing_consent_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='consent since')),
                ('agreements', models.JSONField(blank=True, default=list, editable=False, verbose_name='agreed to')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('erased_at', models.DateTimeField(editable=False, null=True, verbose_name='erased')),
                ('search_text', models.GeneratedField(db_persist=True, expression=groundwork.database.text_search.Plain(django.db.models.functions.text.Concat(models.Value(' '), models.F('first_name'), models.Value(' '), models.F('last_name'), models.Value(' '), models.F('email'), models.Value(' '), models.F('phone'), output_field=models.TextField())), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ['-id'],
                'indexes': [models.Index(models.F('merchant'), models.F('birth_date'), django.db.models.functions.text.Upper('last_name'), django.db.models.functions.text.Upper('first_name'), models.F('last_name'), models.F('first_name'), condition=models.Q(('deleted_at__isnull', True), ('birth_date__isnull', False), models.Q(('last_name', ''), _negated=True)), name='customer_name_and_birthday'), models.Index(condition=models.Q(('marketing_consent', True)), fields=['merchant', '-id'], name='customer_who_wants_offers'), models.Index(fields=['merchant', 'preferred_language'], name='customer_by_language')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('merchant', 'email'), name='one_living_customer_per_email', violation_error_message='There is a customer with this e-mail already.'), models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True), models.Q(('phone', ''), _negated=True)), fields=('merchant', 'phone'), name='one_living_customer_per_phone', violation_error_message='There is a customer with this phone number already.'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower(models.F('email')))), name='customer_email_is_lower_case'), models.CheckConstraint(condition=models.Q(('email', ''), _negated=True), name='customer_email_is_null_not_empty'), models.CheckConstraint(condition=models.Q(('phone', ''), ('phone__startswith', '+'), _connector='OR'), name='customer_phone_is_e164')],
            },
        ),
        TrigramIndex("customer_search_trigrams", "customers_customer", "search_text"),
    ]
