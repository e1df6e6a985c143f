"""Answers to a till's calls are kept packed, in a column of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_pulse_holder")]

    operations = [
        migrations.AddField(
            model_name="idempotencykey",
            name="answer",
            field=models.BinaryField(null=True),
        ),
    ]
