from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("loyalty", "0016_bounds_of_promotions"),
        ("tenancy", "0008_tallies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="loyaltytransaction",
            index=models.Index(
                condition=models.Q(
                    ("api_key__isnull", True),
                    ("transaction_type", "card_created"),
                    models.Q(
                        ("till__isnull", False),
                        ("staff_pin__isnull", False),
                        ("user__isnull", False),
                        _connector="OR",
                    ),
                ),
                fields=["card"],
                name="card_made_at_the_counter",
            ),
        ),
    ]
