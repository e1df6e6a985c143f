"""Yardstick (a) of the till: pgbench with the very SQL statements of one stamp, recorded from a real request.

The recorded figures are unmistakable numbers, so that they can be turned into pgbench's variables.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import data
from loyalty import selectors
from loyalty.models import LoyaltyCard
from tenancy import scope

CARD_ID, STAMPS, POINTS, KEY = 800_100_200, 700_100, 900_100, "recorded-key"


def statements_of_one_stamp(shop: data.Shop) -> list[str]:
    """What the database is asked in one POST of a stamp, BEGIN and COMMIT included."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SEQUENCE loyalty_loyaltycard_id_seq RESTART WITH {CARD_ID}")
    data.cards(shop, 1, stamps=STAMPS, points=POINTS)
    settings.ALLOWED_HOSTS.append("testserver")
    client = Client()
    client.force_login(shop.user, backend="tenancy.sign_in.EmailBackend")
    with scope.merchant(shop.merchant):
        selectors.rewards_of(LoyaltyCard.objects.select_related("program").get(pk=CARD_ID).program)
    unlock = f"/api/v1/stores/{shop.store.store_code}/staff/{shop.pin_id}/unlock/"
    token = client.post(unlock, {"pin": data.PIN}, "application/json").json()["token"]
    headers: dict[str, Any] = {"X-Staff-Token": token, "Idempotency-Key": KEY}
    with CaptureQueriesContext(connection) as captured:
        address = f"/api/v1/stores/{shop.store.store_code}/cards/{CARD_ID}/stamps/"
        answer = client.post(address, "{}", "application/json", headers=headers)
    if answer.status_code != 201:
        raise RuntimeError(f"The stamp answered {answer.status_code}: {answer.content[:300]!r}")
    return [query["sql"] for query in captured.captured_queries]


def transactions_per_second(
    url: str, statements: list[str], *, cards: tuple[int, int], seconds: int
) -> float | None:
    """Run the statements on random cards with 8 clients; None where there is no pgbench."""
    program = _program()
    if program is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_script(statements, cards))
        script.flush()
        command = [
            program,
            "--no-vacuum",
            "--client=8",
            "--jobs=2",
            f"--time={seconds}",
            f"--file={script.name}",
            url,
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    return float(found[1]) if found else None


def _program() -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    return shutil.which("pgbench") or (str(found[-1]) if found else None)


def _script(statements: list[str], cards: tuple[int, int]) -> str:
    lines = [f"\\set card random({cards[0]}, {cards[1]})", "\\set key random(1, 1000000000000000)"]
    for statement in statements:
        text = statement.replace(f"'{KEY}'", "(:key)::text")
        if "tenancy_idempotencykey" not in text:  # the kept answer is packed
            text = text.replace(str(STAMPS + 1), "(:c_stamp_count + 1)").replace(
                str(POINTS), ":c_points_balance"
            )
            text = text.replace(str(CARD_ID), ":card")
        ending = " \\gset c_" if "FOR NO KEY UPDATE" in text else ";"
        lines.append(text.replace("\n", " ") + ending)
    return "\n".join(lines) + "\n"
