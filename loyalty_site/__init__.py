"""The composition: settings, addresses, the beat schedule; the one package that knows every app."""

from loyalty_site.celery import app as celery_app

__all__ = ["celery_app"]
