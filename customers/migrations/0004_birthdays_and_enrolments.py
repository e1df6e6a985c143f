from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import customers.models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("customers", "0003_sorted_lists"),
        ("tenancy", "0008_tallies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(fields=["merchant", "created_at"], name="customers_by_enrolment"),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                models.F("merchant"),
                customers.models.InYear("birth_date"),
                models.F("id"),
                name="customers_by_birthday",
            ),
        ),
    ]
