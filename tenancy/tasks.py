"""The app's tasks: bounded, and safe to run twice."""

from celery import shared_task
from django.utils import timezone

from tenancy import accounts, invitations, scope, second_factor


@shared_task(name="tenancy.clean_accounts", soft_time_limit=600, time_limit=660)
def clean_accounts() -> int:
    """Forget old addresses and sessions that are over; secrets follow the site's key."""
    second_factor.encrypt_anew()
    return accounts.clean(now=timezone.now())


@shared_task(name="tenancy.clean_invitations", soft_time_limit=600, time_limit=660)
def clean_invitations() -> int:
    """Forget the addresses of those who never came."""
    with scope.everything("every merchant's old invitations"):
        return invitations.clean(now=timezone.now())
