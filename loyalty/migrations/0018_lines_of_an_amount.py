from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("loyalty", "0017_cards_of_the_counter")]

    operations = [
        AddIndexConcurrently(
            model_name="loyaltytransaction",
            index=models.Index(
                condition=models.Q(("purchase_amount_cents__isnull", False)),
                fields=["merchant", "purchase_amount_cents", "id"],
                name="lines_of_an_amount",
            ),
        ),
    ]
