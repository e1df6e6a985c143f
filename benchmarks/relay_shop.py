"""The shop of the benchmark `relay`: its customers carry passes, somebody listens to its events, everybody is up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO

from django.core.management import call_command
from django.db import connection

from benchmarks import data, site
from benchmarks.outside import Outside, Worker, everybody, workers
from benchmarks.till_client import Run, Till, hammer
from loyalty.models import LoyaltyTransaction
from tenancy.models import SettledMessage
from tests.wallet.fake_google import FakeGoogle
from wallet.models import Platform, WalletPass
from wallet.services import designs
from webhooks.models import Progress
from webhooks.services import endpoints

CARDS, NEARLY_FULL = 9_000, 1_000  # a card in ten is filled by its next stamp
APPLE_EVERY, GOOGLE_EVERY = 2, 20  # cards; Google takes 20 requests a second, and no more

APPLE_PASSES = """
WITH made AS (
    INSERT INTO wallet_walletpass (merchant_id, card_id, platform, serial_number, auth_token, card_key, state,
        state_before_void, last_modified, asked_at, told_at, update_tag, tagged_version, fetched_version, is_notable,
        notified_at, wanted_version, synced_version, attempts, next_attempt_at, last_error, left_out, created_at,
        updated_at)
    SELECT merchant_id, id, 'apple', gen_random_uuid(), md5('auth' || id),
        encode(sha256(convert_to(qr_code_data || ':' || access_token, 'UTF8')), 'hex'), 'active', '',
        date_trunc('second', now()), now(), 0, 0, 1, 1, false, '[]', 1, 1, 0, now(), '', '{}', now(), now()
    FROM loyalty_loyaltycard WHERE id %% %s = 0 RETURNING id, merchant_id
)
INSERT INTO wallet_appledeviceregistration (merchant_id, wallet_pass_id, device_library_identifier, push_token,
    renewed_at, pushed_version, created_at, updated_at)
SELECT merchant_id, id, md5('device' || id), md5('push' || id), now(), 1, now(), now() FROM made"""

GOOGLE_PASSES = """
INSERT INTO wallet_walletpass (merchant_id, card_id, platform, object_id, auth_token, card_key, state,
    state_before_void, last_modified, asked_at, told_at, update_tag, tagged_version, fetched_version, is_notable,
    notified_at, wanted_version, synced_version, attempts, next_attempt_at, last_error, left_out, created_at,
    updated_at)
SELECT merchant_id, id, 'google', '3388000000022222222.card-' || id, '',
    encode(sha256(convert_to(qr_code_data || ':' || access_token, 'UTF8')), 'hex'), 'active', '',
    date_trunc('second', now()), now(), 0, 0, 1, 0, false, '[]', 1, 1, 0, now(), '', '{}', now(), now()
FROM loyalty_loyaltycard WHERE id %% %s = 0"""

Act = Callable[[Till, int], tuple[int, bytes]]


@dataclass
class Scene:
    """A shop whose customers carry passes, the tills, the parties and the worker."""

    shop: data.Shop
    cards: tuple[int, int]
    server: site.Server
    outside: Outside
    workers: dict[str, Worker]
    errors: list[str] = field(default_factory=list)

    @property
    def brought(self) -> dict[str, int]:
        """How much each worker has brought out so far."""
        return {
            "relay": SettledMessage.objects.count(),
            "mail": len(self.outside.office.letters),
            "apple": len(self.outside.apns.pushes),
            "google": len(self.outside.google.requests),
            "webhooks": len(self.outside.receiver.ids),
        }

    def book(self, act: Act, clients: int, seconds: float) -> Run:
        """Let so many tills do something for a while."""
        tills = [Till(self.server.port, self.shop) for _client in range(clients)]
        run = hammer(tills, act, cards=self.cards, seconds=seconds)
        self.errors += run.errors
        return run

    def enrol(self, count: int) -> None:
        """Let so many people get a card."""
        till = Till(self.server.port, self.shop)
        answers = [till.enrol(0) for _person in range(count)]
        self.errors += [f"{status} {body[:200]!r}" for status, body in answers if status != 201]


@contextmanager
def scene() -> Iterator[Scene]:
    """Everything is up, and nothing waits."""
    looks = {"stamps_reward_description": "a coffee", "card_name": "Friends of the house"}
    shop = data.shop(**looks, max_daily_stamps=1_000)
    first, _last = data.cards(shop, NEARLY_FULL, stamps=9)
    _first, last = data.cards(shop, CARDS, stamps=3)
    call_command("load_email_templates", stdout=StringIO())
    with everybody() as outside:
        with connection.cursor() as cursor:
            cursor.execute(APPLE_PASSES, [APPLE_EVERY])
            cursor.execute(GOOGLE_PASSES, [GOOGLE_EVERY])
            cursor.execute("VACUUM ANALYZE wallet_walletpass")
        _known_to(outside.google, shop)
        _begin_here(shop)
        endpoints.create(merchant=shop.merchant, url=outside.receiver.url)
        environment = dict(outside.environment)
        with site.web(**environment) as server, workers(environment) as at_work:
            yield Scene(shop, (first, last), server, outside, at_work)


def _begin_here(shop: data.Shop) -> None:
    """Nobody is told of what was there before."""
    newest = LoyaltyTransaction.objects.order_by("-pk").values_list("pk", flat=True)[0]
    begin = {"settled_id": newest, "safe_id": newest}
    Progress.objects.create(merchant=shop.merchant, source="lines", **begin)


def _known_to(google: FakeGoogle, shop: data.Shop) -> None:
    """Google has the program's class, and an object of each pass."""
    design = designs.of_program(shop.program.pk, shop.merchant.pk)
    google.classes[str(design.class_id)] = {"id": design.class_id}
    rows = WalletPass.objects.filter(platform=Platform.GOOGLE)
    for object_id, stamps in rows.values_list("object_id", "card__stamp_count"):
        told = {"id": object_id, "loyaltyPoints": {"balance": {"int": stamps}}}
        google.objects[str(object_id)] = told
