"""Keeping, on the clock: a backup each night, and a drill after it. Where no place for backups is set, nothing."""

from celery import shared_task

from loyalty_site.keeping import backups, drill


@shared_task(name="loyalty_site.back_up", soft_time_limit=5 * 3600, time_limit=5 * 3600 + 60)
def back_up() -> str | None:
    """Keep database and files; returns the backup's name."""
    return backups.make().name if backups.is_set_up() else None


@shared_task(name="loyalty_site.drill", soft_time_limit=5 * 3600, time_limit=5 * 3600 + 60)
def run_drill() -> str | None:
    """Restore and verify the newest backup; returns its name."""
    return drill.run().backup.name if backups.is_set_up() else None
