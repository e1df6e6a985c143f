from datetime import date

from django.db import migrations, models
from django.db.models import Q

DAYS = (date(2000, 1, 1), date(2999, 12, 31))


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0013_visits")]

    operations = [
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=(Q(first_day=None) | Q(first_day__range=DAYS))
                & (Q(last_day=None) | Q(last_day__range=DAYS)),
                name="a_promotion_lies_within_the_calendar",
                violation_error_message="Its days lie between the years 2000 and 2999.",
            ),
        ),
    ]
