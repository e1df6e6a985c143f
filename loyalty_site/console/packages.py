"""What the console shows of the packages: Celery beat's schedule, for operators; Django's groups are not used."""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401 - registers what is taken away here
from django.contrib.auth.models import Group

from loyalty_site.console import schedule  # noqa: F401 - registers the schedule

admin.site.unregister(Group)
