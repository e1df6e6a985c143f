"""An undoing is taken back once: the index is made while tills stamp."""

from django.db import migrations, models

ONCE = models.UniqueConstraint(
    condition=models.Q(("restores__isnull", False)), fields=("restores",), name="an_undoing_is_taken_back_once"
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("loyalty", "0009_undoing_together")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY an_undoing_is_taken_back_once"
                    " ON loyalty_loyaltytransaction (restores_id) WHERE restores_id IS NOT NULL",
                    "DROP INDEX CONCURRENTLY IF EXISTS an_undoing_is_taken_back_once",
                )
            ],
            state_operations=[migrations.AddConstraint(model_name="loyaltytransaction", constraint=ONCE)],
        )
    ]
