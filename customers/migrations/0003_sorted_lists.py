from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("customers", "0002_tags"),
        ("tenancy", "0007_packed_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(fields=["merchant", "last_name", "id"], name="customers_by_name"),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                fields=["merchant", "preferred_language", "id"], name="customers_in_each_language"
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(fields=["merchant", "marketing_consent", "id"], name="customers_by_consent"),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("tags", []), _negated=True),
                fields=["merchant", "-id"],
                name="customer_with_tags",
            ),
        ),
        RemoveIndexConcurrently(model_name="customer", name="customer_by_language"),
    ]
