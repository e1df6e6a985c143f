from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0012_lines_in_order"),
        ("tenancy", "0006_pulse_holder"),
    ]

    operations = [
        migrations.CreateModel(
            name="VisitFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last changed")),
                ("as_of", models.DateField()),
                ("timezone", models.CharField(max_length=64)),
                ("visits", models.JSONField(default=dict)),
                ("came_back", models.JSONField(default=dict)),
                ("sources", models.JSONField(default=dict)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False, on_delete=PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=PROTECT, related_name="+", to="tenancy.store"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "store"),
                        name="one_count_of_visits_per_store",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="merchantcalendar",
            name="visits_behind",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="importedperson",
            index=models.Index(
                condition=models.Q(("made_card", True)), fields=["card"], name="card_that_was_imported"
            ),
        ),
    ]
