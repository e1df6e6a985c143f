"""The indexes of lines by who wrote them grow at their ends, as the ledger does.

With the newest line first each new one belonged at the beginning of its part: pages split in their middle, stayed half
empty, and every split is written to the database's log.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

FORMER = {
    "merchant": "transaction_newest",
    "staff_pin": "transaction_of_staff_pin",
    "user": "transaction_of_user",
    "api_key": "transaction_of_api_key",
    "till": "transaction_of_till",
}


def in_order(column: str) -> models.Index:
    known = None if column == "merchant" else models.Q((f"{column}__isnull", False))
    return models.Index(fields=[column, "id"], condition=known, name=f"lines_of_{column}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("loyalty", "0011_observations")]

    operations = [
        *[AddIndexConcurrently("loyaltytransaction", in_order(column)) for column in FORMER],
        *[RemoveIndexConcurrently("loyaltytransaction", name) for name in FORMER.values()],
    ]
