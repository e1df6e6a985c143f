"""Every task on the clock: bounded in time, safe to run twice, and safe on several workers. The list is walked."""

import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Task
from celery.schedules import crontab
from django.apps import apps
from django.core import mail
from django.db import DatabaseError, connections
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from groundwork.messaging import outbox
from loyalty.models import DailyFigures, LoyaltyCard, MerchantCalendar
from loyalty.reporting import statistics
from loyalty.services import stamps
from loyalty_site.celery import JOBS, app
from notifications.models import AccountEmail, Status, TextKind, TextMessage
from notifications.services import accounts as account_emails
from notifications.services import text_messages, texts
from tenancy import accounts, scope
from tenancy.models import BackgroundJob, IdempotencyKey, Merchant, Pulse, SettledMessage
from tests import factories
from tests.webhooks.receiver import Receiver
from wallet.models import GoogleNonce, WalletChannel
from webhooks.services import endpoints, log

TASKS = [job.task for job in JOBS]
AT_WALLETS = {
    "wallet.sync_apple",
    "wallet.sync_google",
}  # nothing to do without credentials: see tests/wallet
WRITES_NOTHING = {"loyalty.verify_ledger", "loyalty_site.back_up", "loyalty_site.drill"}  # see tests/keeping
# Each run goes a step further, as far as other transactions have ended: see tests/loyalty/test_running_figures.py.
IN_STEPS = {"loyalty.move_figures_on"}
WORKERS = 3
OURS = ("tenancy", "customers", "loyalty", "notifications", "wallet", "webhooks")
STATES = ("state", "status", "transaction_type", "is_active", "subscriber")  # rows are counted by these


def task(name: str) -> Task:
    app.loader.import_default_modules()
    return app.tasks[name]


# --- A shop with something to do for each task ------------------------------------------------------------


def make_a_shop(hooks: str) -> None:
    """Cards, e-mails and exports of forty days ago, of a fortnight ago, and of just now."""
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=40), tick=False):
        shop = factories.shop(points_expiration_days=30, welcome_bonus_points=5)
        shop.merchant.timezone = (
            "UTC" if now.hour >= 2 else "Asia/Tokyo"
        )  # it is after two in the night there
        shop.merchant.save()
        endpoints.create(merchant=shop.merchant, url=hooks)
        for _ in range(5):
            factories.card(shop.store, cents=1000, stamps=2)
        outbox.relay()
        SettledMessage.objects.filter(merchant=shop.merchant).update(settled_at=timezone.now())
        jobs.run(ask_for_an_export(shop))
        leave_something_to_clean(shop)
        log.catch_up(shop.merchant.pk)
    with time_machine.travel(now - timedelta(days=20), tick=False):
        factories.card(shop.store, cents=1000)
    with time_machine.travel(
        now - timedelta(days=1), tick=False
    ):  # what a guard says where nothing is usual yet
        card = factories.card(shop.store)
        stamps.give(store=shop.store, card_id=card.pk, actor=factories.actor(person=shop.owner), count=8)
    card = factories.card(shop.store, cents=1000, phone="+352621123456")
    text_messages.enqueue(TextKind.CARD_LINK, [card], {card.pk: "lost"})
    ask_for_an_export(shop)
    account_emails.enqueue({"kind": "password_changed", "about_id": shop.owner.pk})


def ask_for_an_export(shop: factories.Shop) -> BackgroundJob:
    parameters = {"kind": "csv", "query": ""}
    return jobs.ask(user=shop.owner, kind=JobKind.EXPORT, about="loyalty.loyaltycard", parameters=parameters)


def leave_something_to_clean(shop: factories.Shop) -> None:
    factories.staff_token(shop.store)
    factories.invitation(shop.store, shop.owner)
    accounts.request_email_change(shop.staff, f"new-{shop.staff.email}")
    AccountEmail.objects.create(kind="password_changed", about_id=shop.staff.pk, status=Status.SENT)
    about = {"merchant": shop.merchant, "card": LoyaltyCard.objects.filter(merchant=shop.merchant).first()}
    TextMessage.objects.create(
        **about, kind=TextKind.CARD_LINK, status=Status.SENT, dedup_key=f"{shop.store.pk}"
    )
    IdempotencyKey.objects.create(
        merchant=shop.merchant, store=shop.store, key="old", fingerprint="x", status=201
    )
    GoogleNonce.objects.create(digest=f"{shop.merchant.pk:064}", expires_at=timezone.now())


def figures() -> Counter:
    """What there is of everything: rows by their states, points, and e-mails that went out."""
    found: Counter = Counter()
    for model in (model for name in OURS for model in apps.get_app_config(name).get_models()):
        if model is Pulse:  # who was at it says nothing of what was done
            continue
        columns = [field.name for field in model._meta.concrete_fields if field.name in STATES]
        all_rows = model._base_manager.order_by()
        if model is DailyFigures:  # of an open day there is more with each run
            open_from = Subquery(
                MerchantCalendar.objects.filter(merchant=OuterRef("merchant")).values("open_from")
            )
            all_rows = all_rows.filter(date__lt=open_from)
        rows = all_rows.values(*columns).annotate(rows=Count("pk"))
        for row in rows if columns else [{"rows": all_rows.count()}]:
            found[model._meta.label, *map(str, (row[name] for name in columns))] = row["rows"]
    for points in LoyaltyCard.objects.values_list("points_balance", flat=True):
        found["points"] += points
    found["letters"] = len(mail.outbox)
    found["different letters"] = len({letter.extra_headers["Message-ID"] for letter in mail.outbox})
    return found


def change(work: Any, *arguments: Any) -> dict[Any, int]:
    """By how much the figures differ afterwards."""
    before = figures()
    work(*arguments)
    after = figures()
    return {name: after[name] - before[name] for name in after | before if after[name] != before[name]}


def at_once(name: str) -> None:
    """So many workers begin at the same moment."""
    together = threading.Barrier(WORKERS)
    failures: list[Exception] = []

    def work() -> None:
        together.wait()
        try:
            task(name)()
        except Exception as failure:
            failures.append(failure)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


# --- What holds for each ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_bounded_in_time(name: str) -> None:
    soft, hard = task(name).soft_time_limit, task(name).time_limit
    assert soft is not None
    assert 0 < soft < hard


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.task)
def test_a_run_that_nobody_took_is_dropped_before_the_next_one(job: Any) -> None:
    assert 0 < job.expires < every(job.when).total_seconds()


def every(when: Any) -> timedelta:
    """How long it is to the next run."""
    if not isinstance(when, crontab):
        return when.run_every
    if len(when.hour) < 24:
        return timedelta(days=1)
    return timedelta(minutes=1) if len(when.minute) == 60 else timedelta(hours=1)


def run_twice(name: str) -> dict[Any, int]:
    """What a task changes, which a second run adds nothing to."""
    once = change(task(name))
    assert once, f"the shop has nothing to do for {name}: give it something"
    assert change(task(name)) == {}, name
    return once


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_task_that_runs_twice_or_on_several_workers_does_it_once(settings: Any, tmp_path: Path) -> None:
    settings.SMS_FILE_PATH = tmp_path
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    # The row that verification writes into is made by the figures too, if these come first.
    order = sorted(
        set(TASKS) - AT_WALLETS - WRITES_NOTHING - IN_STEPS,
        key=lambda name: (name != "loyalty.verify_fairness", name),
    )
    with scope.everything("all of a shop"), Receiver() as receiver:
        texts.load()
        make_a_shop(receiver.url)
        once = {name: run_twice(name) for name in order}
        while any(change(task(name)) for name in order):  # so that nothing of the first shop is counted again
            pass
        make_a_shop(receiver.url)
        WalletChannel.objects.all().delete()  # the platform's: no second shop brings them
        assert {name: change(at_once, name) for name in order} == once


# --- One merchant's fault ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_merchant_whose_figures_fail_spoils_nothing_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        unlucky, lucky = factories.shop(), factories.shop()
        for shop in (unlucky, lucky):
            factories.card(shop.store, stamps=1)
    roll_up = statistics.roll_up

    def stumbles(merchant: Merchant, **options: Any) -> int:
        if merchant == unlucky.merchant:
            raise DatabaseError("a book that does not add up")
        return roll_up(merchant, **options)

    monkeypatch.setattr(statistics, "roll_up", stumbles)
    assert task("loyalty.roll_up_statistics")() > 0
    monkeypatch.undo()
    assert task("loyalty.roll_up_statistics")() > 0
