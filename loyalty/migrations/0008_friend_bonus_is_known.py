from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0007_friends'),
    ]

    operations = [
        ValidateConstraint(model_name='loyaltytransaction', name='transaction_type_is_known'),
    ]
