import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("customers", "0003_sorted_lists"),
        ("loyalty", "0014_days_of_promotions"),
        ("tenancy", "0007_packed_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CardStanding",
            fields=[
                ("stamps", models.BigIntegerField(default=0)),
                ("points", models.BigIntegerField(default=0)),
                ("owed", models.BigIntegerField(default=0)),
                ("last_activity_at", models.DateTimeField()),
                (
                    "card",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="loyalty.loyaltycard",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CardVisits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_day", models.DateField()),
                ("next_day", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CustomerStanding",
            fields=[
                ("stamps", models.BigIntegerField(default=0)),
                ("points", models.BigIntegerField(default=0)),
                ("owed", models.BigIntegerField(default=0)),
                ("last_activity_at", models.DateTimeField()),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="merchantcalendar",
            name="standings_upto",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        AddIndexConcurrently(
            model_name="loyaltytransaction",
            index=models.Index(
                condition=models.Q(("api_key__isnull", False), ("transaction_type", "card_created")),
                fields=["card"],
                name="card_made_by_a_key",
            ),
        ),
        AddIndexConcurrently(
            model_name="loyaltytransaction",
            index=models.Index(
                condition=models.Q(
                    ("api_key__isnull", True),
                    ("staff_pin__isnull", True),
                    ("till__isnull", True),
                    ("transaction_type", "card_created"),
                    ("user__isnull", True),
                ),
                fields=["card"],
                name="card_made_by_its_owner",
            ),
        ),
        migrations.AddField(
            model_name="cardstanding",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
            ),
        ),
        migrations.AddField(
            model_name="cardvisits",
            name="card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="loyalty.loyaltycard"
            ),
        ),
        migrations.AddField(
            model_name="cardvisits",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
            ),
        ),
        migrations.AddField(
            model_name="cardvisits",
            name="store",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.store",
            ),
        ),
        migrations.AddField(
            model_name="customerstanding",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
            ),
        ),
        migrations.AddIndex(
            model_name="cardstanding",
            index=models.Index(fields=["merchant", "stamps", "card"], name="card_by_stamps"),
        ),
        migrations.AddIndex(
            model_name="cardstanding",
            index=models.Index(fields=["merchant", "points", "card"], name="card_by_points"),
        ),
        migrations.AddIndex(
            model_name="cardstanding",
            index=models.Index(fields=["merchant", "owed", "card"], name="card_by_owed"),
        ),
        migrations.AddIndex(
            model_name="cardstanding",
            index=models.Index(
                fields=["merchant", "last_activity_at", "card"], name="card_by_last_activity_at"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardvisits",
            constraint=models.UniqueConstraint(
                fields=("merchant", "store", "card"),
                include=("first_day", "next_day"),
                name="visits_of_a_card_are_kept_once_per_store",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="cardvisits",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("next_day__isnull", True), ("next_day__gt", models.F("first_day")), _connector="OR"
                ),
                name="the_next_visit_is_after_the_first",
            ),
        ),
        migrations.AddIndex(
            model_name="customerstanding",
            index=models.Index(fields=["merchant", "stamps", "customer"], name="customer_by_stamps"),
        ),
        migrations.AddIndex(
            model_name="customerstanding",
            index=models.Index(fields=["merchant", "points", "customer"], name="customer_by_points"),
        ),
        migrations.AddIndex(
            model_name="customerstanding",
            index=models.Index(fields=["merchant", "owed", "customer"], name="customer_by_owed"),
        ),
        migrations.AddIndex(
            model_name="customerstanding",
            index=models.Index(
                fields=["merchant", "last_activity_at", "customer"], name="customer_by_last_activity_at"
            ),
        ),
    ]
