"""What the database holds about cards and the ledger: rules 3, 6 and 7 of the domain; the rest are constraints."""

from groundwork.database.triggers import Rule, never_emptied, refuse_when
from loyalty.former_triggers import former
from loyalty.observation_triggers import observations
from loyalty.promotion_triggers import promotions
from loyalty.purchase_triggers import PURCHASE, RETURN, TERMS, any_of, purchases, terms
from loyalty.rules import POINT
from loyalty.standing_triggers import standings
from loyalty.undo_triggers import batches
from tenancy.triggers import merchant_is_for_ever, same_merchant

LEDGER = "loyalty_loyaltytransaction"
CARD = "loyalty_loyaltycard"
CODE = "loyalty_cardcode"
BATCH = "loyalty_cardbatch"
PRINTED = "loyalty_printedcard"
CHANGED = "A line of the ledger is never changed"
REMOVED = "A line of the ledger is never removed"
NOT_AS_ITS_LINE = "A card has what the newest line of its ledger says"
CODE_OF_A_CARD = "A code and the number of a card are never the same"
PRINTED_NUMBER = "A number that is printed on a card is of no other"
BROKEN_CHAIN = "The balance after a transaction is the one before it plus what it changed"

# A card's figure, and what says it in a line.
FIGURES = {
    "stamp_count": "stamps_balance_after",
    "stamps_owed": "stamps_owed_after",
    "points_balance": "points_balance_after",
    "points_owed": "points_owed_after",
    "points_fraction": "points_fraction_after",
}
DELTAS = ("stamps_delta", "points_delta", "points_fraction_delta")

# All columns but the three that erasing a person blanks.
FIXED_COLUMNS = (
    "id",
    "merchant_id",
    "card_id",
    "store_id",
    "staff_pin_id",
    "user_id",
    "api_key_id",
    "till_id",
    "transaction_type",
    "stamps_delta",
    "stamps_balance_after",
    "stamps_owed_after",
    "points_delta",
    "points_balance_after",
    "points_owed_after",
    "points_fraction_delta",
    "points_fraction_after",
    "purchase_id",
    "purchase_return_id",
    "terms_id",
    "promotions",
    "purchase_amount_cents",
    "order_reference",
    "reward_id",
    "reward_name",
    "reward_points_cost",
    "voids_id",
    "restores_id",
    "recorded_offline",
    "transaction_at",
    "created_at",
)


def _differs() -> str:
    fixed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FIXED_COLUMNS)
    return f"{fixed} OR NEW.notes <> '' OR NEW.user_agent <> '' OR NEW.ip_address IS NOT NULL"


append_only = Rule(
    "ledger_is_append_only",
    LEDGER,
    "BEFORE UPDATE",
    refuse_when(_differs(), CHANGED),
)

never_removed = Rule(
    "ledger_is_never_removed",
    LEDGER,
    "BEFORE DELETE",
    f"RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{REMOVED}';",
)


def _net(row: str) -> tuple[str, str]:
    """A line's net after it: stamps, and points in their ten-thousandths."""
    return (
        f"{row}stamps_balance_after - {row}stamps_owed_after",
        f"({row}points_balance_after - {row}points_owed_after) * {POINT} + {row}points_fraction_after",
    )


# Both nets are read with one look at the index; a DECLARE block keeps them.
chain = Rule(
    "ledger_is_a_chain",
    LEDGER,
    "BEFORE INSERT",
    f"""DECLARE stamps bigint; points bigint;
BEGIN
  SELECT {", ".join(_net(""))} INTO stamps, points
    FROM {LEDGER} WHERE card_id = NEW.card_id ORDER BY id DESC LIMIT 1;
  IF {_net("NEW.")[0]} <> COALESCE(stamps, 0) + NEW.stamps_delta
     OR {_net("NEW.")[1]} <> COALESCE(points, 0) + NEW.points_delta * {POINT} + NEW.points_fraction_delta THEN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{BROKEN_CHAIN}';
  END IF;
END;""",
)


def _as_its_newest_line(name: str, table: str, when: str, card_id: str, only_if: str) -> Rule:
    """A card and its ledger, compared as they are when the transaction ends; a card without lines has nothing.

    Two looks at an index, for a card whose figures move: other changes, and lines that move none, cost nothing.
    """
    figures = ", ".join(f"card.{figure}" for figure in FIGURES)
    in_line = ", ".join(f"COALESCE(line.{column}, 0)" for column in FIGURES.values())
    differs = f"""EXISTS (
  SELECT 1 FROM {CARD} card LEFT JOIN LATERAL (
    SELECT {", ".join(FIGURES.values())} FROM {LEDGER} WHERE card_id = card.id ORDER BY id DESC LIMIT 1
  ) line ON true
  WHERE card.id = NEW.{card_id} AND ({figures}) IS DISTINCT FROM ({in_line}))"""
    return Rule(name, table, when, refuse_when(differs, NOT_AS_ITS_LINE), only_if=only_if, at_commit=True)


as_its_newest_line = [
    _as_its_newest_line(
        "card_begins_as_its_newest_line",
        CARD,
        "AFTER INSERT",
        "id",
        any_of(f"NEW.{figure} <> 0" for figure in FIGURES),
    ),
    _as_its_newest_line(
        "card_is_as_its_newest_line",
        CARD,
        f"AFTER UPDATE OF {', '.join(FIGURES)}",
        "id",
        any_of(f"NEW.{figure} IS DISTINCT FROM OLD.{figure}" for figure in FIGURES),
    ),
    _as_its_newest_line(
        "newest_line_is_as_its_card",
        LEDGER,
        "AFTER INSERT",
        "card_id",
        any_of(f"NEW.{delta} <> 0" for delta in DELTAS),
    ),
]


def _touch_program(when: str) -> Rule:
    """A changed reward is a changed program: whoever keeps a program's rewards in memory goes by `updated_at`."""
    return Rule(
        f"reward_{when.lower()}_changes_its_program",
        "loyalty_pointsreward",
        f"AFTER {when}",
        "UPDATE loyalty_loyaltyprogram SET updated_at = clock_timestamp() WHERE id = NEW.program_id;",
    )


NUMBER_CHANGES = "NEW.card_number IS DISTINCT FROM OLD.card_number"

# No number of a card is a code of another: the twelve digits as they are, or as the EAN that readers make of them.
code_is_no_number = Rule(
    "code_is_no_card_number",
    CODE,
    "BEFORE INSERT",
    refuse_when(
        f"""EXISTS (SELECT 1 FROM {CARD} WHERE merchant_id = NEW.merchant_id
  AND card_number IN (NEW.code, CASE WHEN NEW.code LIKE '0%' THEN substr(NEW.code, 2) END))
  OR EXISTS (SELECT 1 FROM {PRINTED} WHERE merchant_id = NEW.merchant_id
  AND card_number IN (NEW.code, CASE WHEN NEW.code LIKE '0%' THEN substr(NEW.code, 2) END))""",
        CODE_OF_A_CARD,
    ),
)


def _number_is_no_code(when: str, only_if: str = "true") -> Rule:
    return Rule(
        f"card_number_is_no_code_{when.lower()}",
        CARD,
        "BEFORE INSERT" if when == "INSERT" else "BEFORE UPDATE OF card_number",
        refuse_when(
            f"""EXISTS (SELECT 1 FROM {CODE} WHERE merchant_id = NEW.merchant_id
  AND code IN (NEW.card_number, '0' || NEW.card_number))""",
            CODE_OF_A_CARD,
        ),
        only_if=only_if,
    )


# A number that is printed is that of the card which it becomes, and of no other.
def _number_is_printed_once(when: str, only_if: str = "true") -> Rule:
    return Rule(
        f"card_number_is_printed_once_{when.lower()}",
        CARD,
        "BEFORE INSERT" if when == "INSERT" else "BEFORE UPDATE OF card_number",
        refuse_when(
            f"""EXISTS (SELECT 1 FROM {PRINTED} WHERE card_number = NEW.card_number
  AND qr_code_data <> NEW.qr_code_data)""",
            PRINTED_NUMBER,
        ),
        only_if=only_if,
    )


printed_number_is_new = Rule(
    "printed_number_is_new",
    PRINTED,
    "BEFORE INSERT",
    refuse_when(
        f"""EXISTS (SELECT 1 FROM {CARD} WHERE card_number = NEW.card_number)
  OR EXISTS (SELECT 1 FROM {CODE} WHERE merchant_id = NEW.merchant_id
  AND code IN (NEW.card_number, '0' || NEW.card_number))""",
        PRINTED_NUMBER,
    ),
)


OF_ONE_MERCHANT = """
    loyaltycard loyaltyprogram pointsreward staffpin stafftoken programterms purchase purchasereturn promotion
    merchantloyaltysettings merchantcalendar dailyfigures cardsnapshot visitfigures cardcode cardbatch printedcard
""".split()

RULES = [
    append_only,
    never_removed,
    chain,
    *as_its_newest_line,
    *terms,
    *purchases,
    *promotions,
    *[never_emptied(table) for table in (LEDGER, CARD, TERMS, PURCHASE, RETURN)],
    *same_merchant(
        LEDGER,
        {
            "card_id": "loyalty_loyaltycard",
            "store_id": "tenancy_store",
            "staff_pin_id": "loyalty_staffpin",
            "api_key_id": "tenancy_apikey",
            "till_id": "tenancy_till",
            "reward_id": "loyalty_pointsreward",
            "voids_id": LEDGER,
            "restores_id": LEDGER,
            "purchase_id": PURCHASE,
            "purchase_return_id": RETURN,
            "terms_id": TERMS,
        },
    ),
    *same_merchant(
        CARD,
        {
            "customer_id": "customers_customer",
            "program_id": "loyalty_loyaltyprogram",
            "enrolled_at_store_id": "tenancy_store",
            "scope_store_id": "tenancy_store",
            "merged_into_id": "loyalty_loyaltycard",
        },
    ),
    code_is_no_number,
    _number_is_no_code("INSERT"),
    _number_is_no_code("UPDATE", only_if=NUMBER_CHANGES),
    *same_merchant(CODE, {"card_id": CARD}),
    printed_number_is_new,
    _number_is_printed_once("INSERT"),
    _number_is_printed_once("UPDATE", only_if=NUMBER_CHANGES),
    *same_merchant(BATCH, {"store_id": "tenancy_store", "program_id": "loyalty_loyaltyprogram"}),
    *same_merchant(PRINTED, {"batch_id": BATCH, "card_id": CARD}),
    *batches,
    *observations,
    *standings,
    *former,
    _touch_program("INSERT"),
    _touch_program("UPDATE"),
    *same_merchant("loyalty_pointsreward", {"program_id": "loyalty_loyaltyprogram"}),
    *same_merchant("loyalty_staffpin", {"store_id": "tenancy_store"}),
    *same_merchant("loyalty_stafftoken", {"staff_pin_id": "loyalty_staffpin"}),
    *same_merchant("loyalty_dailyfigures", {"store_id": "tenancy_store"}),
    *same_merchant("loyalty_visitfigures", {"store_id": "tenancy_store"}),
    *same_merchant(
        "loyalty_cardsnapshot", {"program_id": "loyalty_loyaltyprogram", "store_id": "tenancy_store"}
    ),
    *same_merchant("loyalty_loyaltyprogram", {"terms_id": TERMS}),
    *[merchant_is_for_ever(f"loyalty_{table}") for table in OF_ONE_MERCHANT],
]
