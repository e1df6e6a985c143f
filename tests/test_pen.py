"""Only the ledger writes balances and lines; and the guard that says so sees whatever it is written with."""

import ast

import pytest

from tests.pen import writings
from tests.sources import LAYERS, ROOT, paths

# Whoever may hold the pen, or may seem to: the file, the function, and why.
ALLOWED = {
    ("loyalty/console/staff_pin.py", "StaffPinAdmin.changeform_view"): "a hash, kept with its request",
    ("loyalty/ledger.py", "_apply"): "the pen itself: a locked card's figures in memory",
    ("loyalty/ledger.py", "_note_times"): "the pen itself: when something last happened",
    ("loyalty/ledger.py", "_line"): "the pen itself: the line that says so",
    ("loyalty/ledger.py", "_write"): "the pen itself: line and figures",
    ("loyalty/ledger.py", "expire_points"): "the pen itself, set-based",
    ("loyalty/ledger.py", "forget_person"): "blanks the three columns that the database lets be blanked",
    ("loyalty/outputs/then.py", "_as_they_were"): "a card in memory as it was, which is not saved",
    ("loyalty/outputs/around.py", "Around.line"): "who wrote a line, in a copy that is not saved",
    ("tenancy/former.py", "_saying"): "what a row said before, in a copy that is not saved",
    ("loyalty/reporting/first_visits.py", ""): "days on which cards were there, made of lines",
    ("loyalty/reporting/first_visits.py", "gather"): "the same, in a table of its transaction",
    ("loyalty/reporting/standings.py", "_kept"): "a copy of what cards have, for lists",
    ("loyalty/imports/plan.py", "Figures.add"): "sums of a preview, in memory",
    ("loyalty/services/purchases.py", "_open"): "a receipt, before it has given anything",
    ("loyalty/services/returns.py", "give_back"): "a locked purchase in memory, before `settle`",
    ("loyalty/services/returns.py", "settle"): "what is left of a locked purchase",
    (
        "loyalty/services/restoring.py",
        "_brought_back_again",
    ): "a locked purchase in memory, before `settle`",
    ("loyalty/services/undoing.py", "foresee"): "lines of a batch, which say what would be owed",
    ("loyalty/services/undoing.py", "_carry_out_one"): "a line of a batch, which says what is owed",
    ("loyalty/services/undoing.py", "_note_those_along"): "the same",
    ("loyalty/services/undoing.py", "_note"): "the same, in memory",
    ("loyalty/services/voids.py", "_of_purchase"): "a locked purchase in memory, before `settle`",
    ("loyalty/purchase_triggers.py", "_begin_terms"): "terms, written with their program",
    ("loyalty/promotion_triggers.py", ""): "what a line gave by promotions, written with the line",
    ("loyalty/promotion_triggers.py", "_touch_program"): "the moment of a program's change",
    ("loyalty/services/promotions.py", "_save"): "fields of promotions, from a list of what may be edited",
    ("loyalty/services/enrollment.py", "_create_card"): "a new card, which has nothing yet",
    (
        "loyalty/services/cards.py",
        "_save",
    ): "state and names of a card: its callers name the fields, and none counts",
    (
        "loyalty/services/fields.py",
        "assign",
    ): "fields of programs and rewards, from a list of what may be edited",
    ("loyalty/services/pins.py", "change"): "name, code and state of a PIN",
    ("loyalty/reporting/snapshot.py", "_add"): "roll-ups",
    ("loyalty/reporting/running.py", "add"): "roll-ups",
    ("groundwork/database/fences.py", "next_transaction"): "a fence, by its own table's name",
    ("customers/services.py", "fill_in"): "a customer",
    ("groundwork/models.py", "LinesField.pre_save"): "its own text of several lines",
    ("customers/services.py", "erase_person"): "a customer",
    ("notifications/services/queue.py", "give_up_lost"): "e-mails",
    ("notifications/services/people.py", "erase"): "e-mails",
    ("notifications/services/texts.py", "load"): "texts of e-mails",
    ("notifications/services/texts.py", "made_up_card"): "a card for a preview that is never saved",
    ("wallet/services/callbacks.py", "_saved"): "passes",
    ("wallet/services/unsaved.py", "_settle"): "passes",
    ("wallet/services/queue.py", "settle"): "passes and designs",
    ("wallet/services/versions.py", "touch"): "passes",
    (
        "groundwork/database/bulk.py",
        "_statement",
    ): "the tool of the pen; whoever calls it with a balance is found",
    (
        "groundwork/database/prepared.py",
        "_insert_statement",
    ): "the tool of the pen; whoever calls it is found",
    (
        "groundwork/database/prepared.py",
        "_update_statement",
    ): "the tool of the pen; whoever calls it with a balance is found",
    ("groundwork/database/prepared.py", "_Statement._instances"): "annotations on rows that were read",
    ("groundwork/deletion.py", "soft_delete_each"): "the four marks of a deletion",
    ("groundwork/deletion.py", "_mark_living"): "the four marks of a deletion",
    ("groundwork/deletion.py", "restore"): "the four marks of a deletion",
    ("groundwork/queue/queue.py", "Queue._lease"): "rows of a queue: tokens and what its definition names",
    ("groundwork/queue/queue.py", "Queue._note"): "rows of a queue, with what its own app says of them",
    ("groundwork/queue/queue.py", "Queue.renew"): "rows of a queue, with what its own app says of them",
    ("groundwork/models.py", "StampedField.pre_save"): "when a row was made or changed",
    ("groundwork/idempotency/once.py", "_keep"): "an idempotency key; the table is a setting",
    ("groundwork/messaging/outbox.py", "record"): "an announcement; the table is a setting",
    ("groundwork/messaging/settled.py", "keep"): "announcements; the tables are a setting",
    ("groundwork/messaging/settled.py", "_make_day"): "a partition of a table",
    ("customers/filling.py", "_save_announced"): "what an import says, or said, of people",
    ("loyalty/imports/importing.py", "_Chunk._post"): "which lines of the ledger an import wrote",
    ("loyalty_site/accounts/views.py", "overview"): "a person's own name and language",
    ("groundwork/console/history.py", "remember_list"): "a history entry, with whose it is",
    ("groundwork/console/history.py", "remember"): "a history entry, with whose it is",
    ("groundwork/database/text_search.py", "TrigramIndex.database_forwards"): "an index",
    ("groundwork/database/storage.py", "RoomForUpdates.database_forwards"): "a table's layout",
    ("groundwork/database/storage.py", "RoomForUpdates.database_backwards"): "a table's layout",
    ("groundwork/tallies.py", "_write"): "how often something came out in which way",
    ("groundwork/watching/pulses.py", "_write"): "when something was last alive",
    ("webhooks/services/endpoints.py", "change"): "an address that is told of events",
    ("webhooks/services/endpoints.py", "replay"): "deliveries that are sent anew",
    ("webhooks/services/endpoints.py", "resend"): "a delivery that is sent anew",
    ("webhooks/services/people.py", "erase"): "what was answered about a person",
    ("webhooks/services/log.py", "append"): "events of a merchant",
}


def found() -> dict[tuple[str, str], list[str]]:
    places: dict[tuple[str, str], list[str]] = {}
    for path in (path for app in LAYERS for path in paths(app, migrations=True)):
        for writing in writings(ast.parse(path.read_text())):
            place = (path.relative_to(ROOT).as_posix(), writing.function)
            places.setdefault(place, []).append(f"line {writing.line}: {writing.how}")
    return places


def test_only_the_ledger_writes_balances_and_lines() -> None:
    assert {place: hows for place, hows in found().items() if place not in ALLOWED} == {}


def test_nobody_is_allowed_what_they_do_not_do() -> None:
    assert set(ALLOWED) - set(found()) == set()


# --- The guard itself -------------------------------------------------------------------------------------

FORBIDDEN = {
    "an assignment": "card.stamp_count = 5",
    "one that adds": "posting.card.points_balance += 5",
    "one of several": "card.is_active, card.points_balance = True, 5",
    "an annotated one": "card.stamp_count: int = 5",
    "a loop over it": "for card.stamp_count in range(5): pass",
    "with ... as": "with x() as card.stamp_count: pass",
    "an assignment of what is owed": "card.points_owed = 0",
    "what is left of a purchase": "purchase.returned_cents = 0",
    "a purchase that is opened again": "Purchase.objects.filter(pk=1).update(is_open=True)",
    "setattr": "setattr(card, 'stamp_count', 5)",
    "setattr by a computed name": "setattr(card, name, 5)",
    "object.__setattr__": "object.__setattr__(card, 'points_balance', 5)",
    "the instance's dictionary": "card.__dict__['stamp_count'] = 5",
    "the same by vars": "vars(card)['stamp_count'] = 5",
    "update": "LoyaltyCard.objects.filter(pk=1).update(stamp_count=5)",
    "update by F": "cards.update(points_balance=F('points_balance') + 1)",
    "update by a dictionary": "cards.update(**{'stamp_count': 5})",
    "update by a computed dictionary": "cards.update(**changes)",
    "update of who knows what": "rows.update(**changes)",
    "its async twin": "await cards.aupdate(total_points_earned=5)",
    "bulk_update": "LoyaltyCard.objects.bulk_update(cards, ['is_active', 'stamp_count'])",
    "bulk_update of named fields": "LoyaltyCard.objects.bulk_update(cards, fields=('stamp_count',))",
    "bulk_update of computed fields": "rows.bulk_update(cards, FIELDS)",
    "our bulk.update": "from groundwork.database import bulk\nbulk.update(cards, 'stamp_count')",
    "our bulk.update of computed fields": "from groundwork.database import bulk\nbulk.update(cards, *FIELDS)",
    "our bulk.update by another name": "from groundwork.database.bulk import update as w\nw(cards, 'stamp_count')",
    "prepared.update": "from groundwork.database import prepared\nprepared.update(card, 'stamp_count', 'updated_at')",
    "prepared.update by another name": "import groundwork.database.prepared as p\np.update(card, 'points_balance')",
    "prepared.insert": "from groundwork.database import prepared\nprepared.insert(row)",
    "save of some fields": "card.save(update_fields=['stamp_count'])",
    "save of computed fields": "row.save(update_fields=[*fields, 'updated_at'])",
    "save of a list of fields": "FIELDS = ['stamp_count']\nrow.save(update_fields=FIELDS)",
    "save of a whole card": "card.save()",
    "save of whatever card": "def f(old: LoyaltyCard):\n  old.save()",
    "save of a card that was got": "kept = LoyaltyCard.objects.get(pk=1)\nkept.save(force_update=True)",
    "a card with a balance": "LoyaltyCard(customer=anna, stamp_count=5)",
    "a card from a dictionary": "LoyaltyCard(**fields)",
    "a card that is made with a balance": "LoyaltyCard.objects.create(points_balance=5)",
    "defaults with a balance": "LoyaltyCard.objects.update_or_create(pk=1, defaults={'stamp_count': 5})",
    "defaults by dict()": "LoyaltyCard.objects.get_or_create(pk=1, defaults=dict(stamp_count=5))",
    "a line": "LoyaltyTransaction(card=card)",
    "a line by another name": "from loyalty.models import LoyaltyTransaction as Row\nRow(card=card)",
    "a line of a module": "from loyalty import models\nmodels.LoyaltyTransaction(card=card)",
    "a line that is made": "LoyaltyTransaction.objects.create(card=card)",
    "a line that is made of a got model": "apps.get_model('loyalty', 'LoyaltyTransaction').objects.create()",
    "a line that is made of a named model": "M = apps.get_model('loyalty.LoyaltyTransaction')\nM.objects.create()",
    "a line by a card's": "card.transactions.create(points_delta=5)",
    "lines in bulk": "LoyaltyTransaction.objects.bulk_create(made)",
    "lines by the base manager": "LoyaltyTransaction._base_manager.bulk_create(made)",
    "lines by a bare queryset": "QuerySet(LoyaltyTransaction).bulk_create(made)",
    "lines by a variable": "rows = LoyaltyTransaction.objects.filter(pk=1)\nrows.update(notes='')",
    "lines by a variable of a variable": "a = LoyaltyTransaction.objects\nb = a.all()\nb.update(notes='')",
    "lines that are removed": "LoyaltyTransaction.objects.filter(pk=1).delete()",
    "a writer that is kept": "write = LoyaltyTransaction.objects.bulk_create",
    "a writer that is asked for": "getattr(LoyaltyTransaction.objects, 'create')(card=card)",
    "a line by partial": "partial(LoyaltyTransaction, card=card)()",
    "a line that is saved": "line.save()",
    "one of a posting": "posting.transaction.save()",
    "one by a parameter": "def f(it: 'LoyaltyTransaction'):\n  it.save()",
    "one in a loop": "for each in LoyaltyTransaction.objects.all():\n  each.save(update_fields=['notes'])",
    "one in a comprehension": "[each.save() for each in LoyaltyTransaction.objects.all()]",
    "SQL that updates": "cursor.execute('UPDATE loyalty_loyaltycard SET stamp_count = 5')",
    "SQL that inserts": 'cursor.execute("""\n  insert into\n  loyalty_loyaltytransaction (id) VALUES (1)""")',
    "SQL that removes": "cursor.execute('DELETE FROM ONLY loyalty_loyaltytransaction')",
    "SQL that empties": "cursor.execute('TRUNCATE TABLE \"loyalty_loyaltytransaction\"')",
    "SQL in a schema": "cursor.execute('UPDATE public.loyalty_loyaltycard SET stamp_count = 5')",
    "SQL behind a WITH": "q = 'WITH a AS (SELECT 1) UPDATE loyalty_loyaltycard SET stamp_count = 5'",
    "SQL that stops a trigger": "q = 'ALTER TABLE loyalty_loyaltytransaction DISABLE TRIGGER ALL'",
    "SQL of a computed table": "cursor.execute(f'UPDATE {table} SET stamp_count = 5')",
    "SQL of the model's table": "cursor.execute(f'UPDATE {LoyaltyCard._meta.db_table} SET stamp_count = 5')",
    "SQL that is put together": "cursor.execute('UPDATE ' + table + ' SET stamp_count = 5')",
    "SQL that is formatted": "cursor.execute('UPDATE %s SET stamp_count = 5' % table)",
    "SQL with .format": "cursor.execute('INSERT INTO {} VALUES (1)'.format(table))",
    "SQL of a migration": "migrations.RunSQL('UPDATE loyalty_loyaltycard SET stamp_count = 0')",
}
PERMITTED = {
    "reading": "figures = {'stamp_count': card.stamp_count, 'points': card.points_balance}",
    "asking": "LoyaltyCard.objects.filter(stamp_count__gte=5).values('stamp_count').count()",
    "adding up": "LoyaltyCard.objects.aggregate(points=Sum('points_balance'))",
    "telling": "CardFacts(stamp_count=card.stamp_count, points_balance=0)",
    "a local variable": "stamp_count = card.stamp_count + 1",
    "other fields of a card": "card.save(update_fields=['is_active', 'updated_at'])",
    "other fields of many": "LoyaltyCard.objects.filter(pk=1).update(is_active=False, updated_at=now)",
    "a list of other fields": "FIELDS = ['state', 'attempts']\nrow.save(update_fields=FIELDS)",
    "setattr of another field": "setattr(card, 'is_active', False)",
    "another model": "EmailLog.objects.filter(pk=1).update(**changes)",
    "another model's row": "PointsReward.objects.create(**fields)",
    "another row": "program.save()",
    "a service": "from loyalty.services import programs\nprograms.create(**fields)",
    "a card's program": "card.program.save()",
    "some fields of a line's card": "line.card.save(update_fields=['is_active'])",
    "a dictionary": "answers.update(inserted)",
    "a database transaction": "from django.db import transaction\ntransaction.atomic()\ntransaction.save()",
    "reading lines": "LoyaltyTransaction.objects.filter(card=card).order_by('id').latest('id')",
    "a card without figures": "LoyaltyCard(customer=anna, card_number='1')",
    "other fields by prepared": "from groundwork.database import prepared\nprepared.update(key, 'status', 'body')",
    "SQL that reads": "cursor.execute('SELECT stamp_count FROM loyalty_loyaltycard FOR UPDATE')",
    "SQL of another table": "cursor.execute('UPDATE loyalty_loyaltyprogram SET updated_at = now()')",
    "SQL of another model": "cursor.execute(f'INSERT INTO {EmailLog._meta.db_table} (id) VALUES (1)')",
    "a trigger": "when = 'AFTER UPDATE OF stamp_count ON loyalty_loyaltycard'",
    "a docstring": "def f():\n  '''UPDATE loyalty_loyaltycard, it says, is forbidden.'''",
}


@pytest.mark.parametrize("how", FORBIDDEN)
def test_the_guard_finds(how: str) -> None:
    assert writings(ast.parse(FORBIDDEN[how])) != []


@pytest.mark.parametrize("how", PERMITTED)
def test_the_guard_lets_pass(how: str) -> None:
    assert writings(ast.parse(PERMITTED[how])) == []


def test_the_guard_names_the_outermost_function_and_its_class() -> None:
    inner = "class Till:\n  def give(self):\n    def later():\n      card.stamp_count = 5\n    return later"
    method, alone = "class Till:\n  card.stamp_count = 5", "def give():\n  card.stamp_count = 5"
    sources = (inner, method, alone, "card.stamp_count = 5")
    named = [writing.function for source in sources for writing in writings(ast.parse(source))]
    assert named == ["Till.give", "Till", "give", ""]
