"""What the console shows of the packages: Celery beat's schedule, for operators, and nothing else.

Packages register pages of their own, which know none of our roles and show what is nobody's to see (the secrets of
second factors, sessions): whatever is not made on the console's own base is taken away.
"""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401 - registers what is taken away here

from groundwork.console.base import GrantedAdmin
from loyalty_site.console import schedule  # noqa: F401 - registers the schedule

admin.site.unregister(
    [model for model, page in admin.site._registry.items() if not isinstance(page, GrantedAdmin)]
)
