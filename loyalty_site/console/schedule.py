"""Celery beat's schedule in the console: its five models again, under Unfold and for operators only.

Nothing is removed here: a task is switched off, and the jobs of `loyalty_site.celery` come back by themselves.
"""

from calendar import monthrange
from typing import Any

from celery.schedules import crontab
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_celery_beat.admin import ClockedScheduleAdmin as BeatClockedScheduleAdmin
from django_celery_beat.admin import CrontabScheduleAdmin as BeatCrontabScheduleAdmin
from django_celery_beat.admin import PeriodicTaskAdmin as BeatPeriodicTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm, TaskSelectWidget
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from groundwork.console.grants import Grants
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.roles import OPERATORS

LEAP_YEAR = 2028
SCHEDULE = Grants(view=OPERATORS, add=OPERATORS, change=OPERATORS)


class TaskChoice(UnfoldAdminSelectWidget, TaskSelectWidget):
    """Beat's choice of the tasks that there are, in Unfold's looks."""


class TaskForm(PeriodicTaskForm):
    """Beat's form with Unfold's widgets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "task" in self.fields:
            self.fields["task"].widget = UnfoldAdminTextInputWidget()
            self.fields["regtask"].widget = TaskChoice()

    def clean(self) -> dict[str, Any]:
        """Beat's asks for the name of the task, also where it was refused already."""
        self.cleaned_data.setdefault("task", "")
        data: dict[str, Any] = super().clean()
        return data


@admin.register(PeriodicTask)
class TaskAdmin(ConsoleAdmin, BeatPeriodicTaskAdmin):
    """What runs by itself, and when."""

    grants = SCHEDULE
    menu_title = _("Tasks on the clock")
    menu_icon = "schedule"
    form = TaskForm
    change_form_template = None  # beat's own has an inline script, which the policy forbids
    change_list_template = None
    date_hierarchy = None
    list_display = ["name", "enabled", "rhythm", "last_run_at", "one_off"]
    list_filter = ["enabled", "one_off"]
    readonly_fields = ["last_run_at", "in_words"]
    fieldsets = [
        (None, {"fields": ["name", "regtask", "task", "enabled", "description"]}),
        (
            _("When"),
            {
                "fields": [
                    ("crontab", "interval"),
                    ("clocked", "solar"),
                    "start_time",
                    ("in_words", "last_run_at"),
                    "one_off",
                ]
            },
        ),
        (_("Arguments"), {"fields": ["args", "kwargs"]}),
        (
            _("Execution"),
            {
                "fields": [
                    ("expires", "expire_seconds"),
                    ("queue", "exchange", "routing_key"),
                    "priority",
                    "headers",
                ]
            },
        ),
    ]

    @display(description=_("when"))
    def rhythm(self, task: PeriodicTask) -> str:
        return str(task.scheduler)

    def name_in_history(self, row: PeriodicTask) -> str:
        return row.name

    @display(description=_("in English words"))
    def in_words(self, task: PeriodicTask) -> str:
        return task.crontab.human_readable if task.crontab else ""


class ScheduleAdmin(ConsoleAdmin):
    """A point in time, or a rhythm, that tasks hang on."""

    grants = SCHEDULE
    menu_icon = "update"


class CrontabForm(ConsoleForm):
    """A rhythm of the clock, on days that there are."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors and not _comes(self.cleaned_data):
            self.add_error("day_of_month", _("None of these months has such a day: it would never run."))
        return cleaned


def _comes(given: dict[str, Any]) -> bool:
    """Whether the days and months that were chosen meet in any year, a leap year too."""
    try:
        rhythm = crontab(day_of_month=given["day_of_month"], month_of_year=given["month_of_year"])
    except ValueError:  # Celery sees the plainest of them itself
        return False
    first_days = min(rhythm.day_of_month)
    return any(first_days <= monthrange(LEAP_YEAR, month)[1] for month in rhythm.month_of_year)


@admin.register(CrontabSchedule)
class CrontabAdmin(ScheduleAdmin):
    form = CrontabForm
    menu_title = _("By the clock")
    list_display = ["__str__", "in_words"]
    fields = ["in_words", *BeatCrontabScheduleAdmin.fields[1:]]
    readonly_fields = ["in_words"]

    @display(description=_("in English words"))
    def in_words(self, schedule: CrontabSchedule) -> str:
        return str(schedule.human_readable)


@admin.register(IntervalSchedule)
class IntervalAdmin(ScheduleAdmin):
    menu_title = _("At intervals")


@admin.register(ClockedSchedule)
class ClockedAdmin(ScheduleAdmin):
    menu_title = _("Once")
    fields = BeatClockedScheduleAdmin.fields
    list_display = BeatClockedScheduleAdmin.list_display


@admin.register(SolarSchedule)
class SolarAdmin(ScheduleAdmin):
    menu_title = _("By the sun")
