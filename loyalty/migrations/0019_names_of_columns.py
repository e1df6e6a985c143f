import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0018_lines_of_an_amount"),
        ("tenancy", "0010_settled_messages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="purchase",
            name="card",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="purchases",
                to="loyalty.loyaltycard",
                verbose_name="card",
            ),
        ),
        migrations.AlterField(
            model_name="purchase",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
                verbose_name="merchant",
            ),
        ),
        migrations.AlterField(
            model_name="purchase",
            name="store",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.store",
                verbose_name="store",
            ),
        ),
        migrations.AlterField(
            model_name="undoneline",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
                verbose_name="merchant",
            ),
        ),
    ]
