"""One row of every kind of the console at each of three stores."""

import json
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from loyalty.imports.plan import Figures
from loyalty.models import (
    CardCode,
    ImportBatch,
    LoyaltyCard,
    LoyaltyTransaction,
    MerchantLoyaltySettings,
    Observation,
    Purchase,
)
from loyalty.reporting.rehearsal.figures import Outcome
from loyalty.services import printed
from notifications.models import EmailLog, EmailTemplate
from tenancy import api_keys, roles, scope, tills
from tenancy.models import (
    BackgroundJob,
    Merchant,
    OutboxMessage,
    Role,
    SavedQuestion,
    Store,
    StoreUser,
    User,
)
from tests import factories
from tests.console.access.people import OF_THE_PLATFORM, OF_THE_WHOLE_MERCHANT, Rows, World
from tests.console.world import export_of, history_of, key, undoing_of
from tests.factories import Shop
from tests.one_row_each import a_delivery
from wallet.models import AppleDeviceRegistration, PassDesign, WalletPass
from webhooks.models import Delivery

# So many lines that a worker would do them: a page never begins with them by itself.
MANY = 1_000_000


def build() -> World:
    """Both shops with all their rows. Each store has its own cards, so that its manager sees no other's."""
    shop, stranger = (factories.shop(settings={"allow_cross_location_redemption": False}) for _ in range(2))
    people = {
        "operator": factories.operator(),
        "owner": shop.owner,
        "manager": shop.manager,
        "accountant": factories.member(shop.store, role=Role.ACCOUNTANT),
        "colleague": factories.member(shop.other_store, role=Role.MANAGER),
        "half": factories.member(shop.store, role=Role.MANAGER),
        "staff": shop.staff,
        "stranger": stranger.owner,
    }
    with factories.inside(shop):
        StoreUser.objects.create(
            merchant=shop.merchant, store=shop.other_store, user=shop.owner, role=Role.OWNER
        )
    with factories.inside(stranger):
        StoreUser.objects.create(
            merchant=stranger.merchant, store=stranger.store, user=people["half"], role=Role.OWNER
        )
    world = World(shop, stranger, people)
    world.mine = _rows(shop, shop.store, shop.staff, shop.owner) | _of_the_platform()
    theirs = _rows(stranger, stranger.store, stranger.staff, stranger.owner)
    mate = factories.member(shop.other_store)
    elsewhere = _rows(shop, shop.other_store, mate, people["colleague"])
    world.theirs = theirs
    world.elsewhere = {kind: row for kind, row in elsewhere.items() if kind not in OF_THE_WHOLE_MERCHANT}
    world.further = _further(shop)
    assert world.mine.keys() - OF_THE_PLATFORM == world.theirs.keys()
    assert world.elsewhere.keys() == world.theirs.keys() - OF_THE_WHOLE_MERCHANT
    return world


def _rows(shop: Shop, store: Store, worker: User, boss: User) -> Rows:
    card = factories.card(store, stamps=2, cents=500)
    pin = factories.staff_pin(store)
    with factories.inside(shop):
        card.customer.refresh_from_db()
        CardCode.objects.create(merchant=shop.merchant, card=card, code=f"OLD {card.pk}")
        rows: list[models.Model] = [
            shop.merchant,
            store,
            shop.program,
            card,
            card.customer,
            factories.promotion(shop.program, is_planned=False),
            pin,
            worker,
            StoreUser.objects.get(user=worker),
            MerchantLoyaltySettings.objects.get(merchant=shop.merchant),
            Purchase.objects.get(card=card),
            LoyaltyTransaction.objects.filter(card=card).order_by("-id")[0],
            api_keys.make(store=store, name="Till", by=None)[0],
            factories.invitation(store, boss),
            printed.make(store=store, actor=factories.actor(), name="Box", count=1, design="white"),
            tills.make(store=store, name="Counter 1", by=None)[0],
            OutboxMessage.objects.create(
                merchant=shop.merchant, event="tests.event", subscriber="tests.nobody"
            ),
            ImportBatch.objects.create(
                merchant=shop.merchant,
                store=store,
                file_name="people.csv",
                figures=Figures(lines=MANY).as_data(),
            ),
            *undoing_of(LoyaltyTransaction.objects.filter(card=card).latest("id"), boss),
            Observation.objects.create(
                merchant=shop.merchant,
                kind="stamps_an_hour",
                store=store,
                staff_pin=pin,
                card=card,
                day=timezone.localdate(),
                since=timezone.now(),
                until=timezone.now(),
                figure=14,
                usual=2,
            ),
            SavedQuestion.objects.create(
                merchant=shop.merchant, user=boss, about="loyalty.loyaltycard", name="Owes", query="owes=yes"
            ),
            export_of(boss),
            history_of(store, boss),
            *_emails(shop, store, card),
            *_passes(shop, card),
            *_hooks(shop),
        ]
    return {key(row): row for row in rows}


def _emails(shop: Shop, store: Store, card: LoyaltyCard) -> list[models.Model]:
    at: dict[str, Any] = {"merchant": shop.merchant, "store": store, "code": "loyalty_enrollment"}
    sent = {"to": card.customer.email, "status": "sent", "sent_at": timezone.now()}
    return [
        EmailTemplate.objects.create(subject_en="Hello", body_en="Hello", **at),
        EmailLog.objects.create(
            customer=card.customer, card=card, dedup_key=f"access-{card.pk}", **sent, **at
        ),
    ]


def _passes(shop: Shop, card: LoyaltyCard) -> list[models.Model]:
    of = {"merchant": shop.merchant}
    made = WalletPass.objects.create(
        card=card,
        platform="apple",
        serial_number=f"serial-{card.pk}",
        auth_token=f"secret-{card.pk}",
        card_key="key",
        **of,
    )
    design, _made = PassDesign.objects.get_or_create(program=shop.program, defaults=of)
    return [
        made,
        design,
        AppleDeviceRegistration.objects.create(
            wallet_pass=made,
            device_library_identifier=f"phone-{card.pk}",
            push_token=f"push-{card.pk}",
            **of,
        ),
    ]


def _hooks(shop: Shop) -> list[models.Model]:
    """What a merchant has one of in these tests: the second store finds it there."""
    told = Delivery.objects.first() or a_delivery(shop)
    return [told.endpoint, told]


def _of_the_platform() -> Rows:
    crontab = CrontabSchedule.objects.create(minute="7", hour="3")
    rows: list[models.Model] = [
        crontab,
        IntervalSchedule.objects.create(every=37, period="minutes"),
        ClockedSchedule.objects.create(clocked_time=timezone.now() + timedelta(days=1)),
        SolarSchedule.objects.create(event="sunset", latitude="49.6", longitude="6.1"),
        PeriodicTask.objects.create(
            name="Count", task="groundwork.relay_outbox", crontab=crontab, args=json.dumps([])
        ),
    ]
    return {key(row): row for row in rows}


def _further(shop: Shop) -> Rows:
    """A merchant that has nothing yet, a second card to merge into, and a file that is checked."""
    bare = Merchant.objects.create(name="Bare", slug=f"bare-{factories.number()}")
    columns = {"table": 0, "fields": ["email"], "answers": {}}
    table = {"name": "", "headings": ["email"], "fields": ["email"], "has_header": True, "samples": []}
    table |= {"questions": [{}], "answers": [{}]}
    with scope.everything("the steps of an import"):
        check = BackgroundJob.objects.create(
            user=shop.owner,
            kind="check",
            about="loyalty.loyaltycard",
            parameters={"store": shop.store.pk, "again": "/admin/", "columns": columns},
            reach=roles.reach_of(shop.owner),
            language="en",
            timezone="UTC",
            state="done",
            total=MANY,
            file_size=1,
            outcome={
                "page": "admin:loyalty_loyaltycard_import_preview",
                "figures": Figures(lines=1).as_data(),
                "faulty": 1,
                "fault_count": 1,
                "people": {"tables": [table], "faults": []},
            },
            expires_at=timezone.now() + timedelta(hours=1),
        )
    rehearsal = BackgroundJob.objects.create(
        user=shop.owner,
        kind="rehearse",
        about="loyalty.loyaltyprogram",
        parameters={
            "program": shop.program.pk,
            "days": 30,
            "draft": {"changes": {}, "before": {}, "rewards": None, "promotions": []},
        },
        reach=roles.reach_of(shop.owner),
        language="en",
        timezone="UTC",
        state="done",
        outcome={"found": Outcome(30).as_data(), "promotions": [], "until": "2026-03-10"},
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return {
        "bare": bare,
        "other_card": factories.card(shop.store),
        "loyalty_loyaltycard_import_columns": check,
        "loyalty_loyaltycard_import_preview": check,
        "loyalty_loyaltycard_import_faults": check,
        "loyalty_loyaltyprogram_rehearsed": rehearsal,
    }
