"""The indexes of lines by who wrote them grow at their ends, as the ledger does, and are made while tills stamp.

With the newest line first each new one belonged at the beginning of its part: pages split in their middle, stayed half
empty, and every split is written to the database's log.
"""

from django.db import migrations, models

FORMER = {
    "merchant": "transaction_newest",
    "staff_pin": "transaction_of_staff_pin",
    "user": "transaction_of_user",
    "api_key": "transaction_of_api_key",
    "till": "transaction_of_till",
}
MAKE = "CREATE INDEX CONCURRENTLY {name} ON loyalty_loyaltytransaction ({column}_id, id{order}){known}"
DROP = "DROP INDEX CONCURRENTLY IF EXISTS {name}"


def known(column: str) -> models.Q | None:
    return None if column == "merchant" else models.Q((f"{column}__isnull", False))


def made(column: str, name: str, order: str = "") -> str:
    where = f" WHERE {column}_id IS NOT NULL" if known(column) else ""
    return MAKE.format(name=name, column=column, order=order, known=where)


def replaced(column: str, former: str) -> list[migrations.RunSQL]:
    """The new index, and then the former one away; back the other way round."""
    name = f"lines_of_{column}"
    return [
        migrations.RunSQL(made(column, name), DROP.format(name=name)),
        migrations.RunSQL(DROP.format(name=former), made(column, former, " DESC")),
    ]


def in_state(column: str, former: str) -> list[migrations.operations.base.Operation]:
    index = models.Index(fields=[column, "id"], condition=known(column), name=f"lines_of_{column}")
    return [
        migrations.AddIndex(model_name="loyaltytransaction", index=index),
        migrations.RemoveIndex(model_name="loyaltytransaction", name=former),
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("loyalty", "0011_observations")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=replaced(column, former), state_operations=in_state(column, former)
        )
        for column, former in FORMER.items()
    ]
