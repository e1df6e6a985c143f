"""What the database holds about purchases, and about the terms under which they were made."""

from collections.abc import Iterable

from groundwork.database.triggers import Rule, refuse_when
from loyalty.models.terms import PROMISED
from tenancy.triggers import same_merchant


def any_of(conditions: Iterable[str]) -> str:
    """A condition that is true if one of these is."""
    return " OR ".join(conditions)


TERMS = "loyalty_programterms"
KEPT_TERMS = "The terms of a program are never changed"


def _begin_terms(valid_from: str) -> str:
    return f"""INSERT INTO {TERMS} (merchant_id, program_id, valid_from, created_at, {", ".join(PROMISED)})
VALUES (NEW.merchant_id, NEW.id, {valid_from}, clock_timestamp(), {", ".join(f"NEW.{name}" for name in PROMISED)})
RETURNING id INTO NEW.terms_id;"""


PROMISE_CHANGES = any_of(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in PROMISED)
SINCE = (
    "CASE WHEN NEW.terms_since IS DISTINCT FROM OLD.terms_since THEN NEW.terms_since ELSE NEW.updated_at END"
)

# Terms are written with the program that promises them, whoever writes it. The service says since when (its clock may
# be set); for whoever writes past it, it is the moment of the change.
terms = [
    Rule(
        "terms_begin_with_their_program",
        "loyalty_loyaltyprogram",
        "BEFORE INSERT",
        _begin_terms("COALESCE(NEW.terms_since, NEW.created_at)"),
    ),
    Rule(
        "terms_follow_their_program",
        "loyalty_loyaltyprogram",
        "BEFORE UPDATE",
        f"NEW.terms_id := OLD.terms_id;\nIF {PROMISE_CHANGES} THEN\n{_begin_terms(SINCE)}\nEND IF;",
    ),
    Rule("terms_are_kept", TERMS, "BEFORE UPDATE", refuse_when("true", KEPT_TERMS)),
    Rule("terms_are_never_removed", TERMS, "BEFORE DELETE", refuse_when("true", KEPT_TERMS)),
    # At the commit: they are written a moment before their program.
    Rule(
        "terms_are_of_their_programs_merchant",
        TERMS,
        "AFTER INSERT",
        refuse_when(
            "(SELECT merchant_id FROM loyalty_loyaltyprogram WHERE id = NEW.program_id)"
            " IS DISTINCT FROM NEW.merchant_id",
            "program_id: belongs to another merchant",
        ),
        at_commit=True,
    ),
]

PURCHASE = "loyalty_purchase"
RETURN = "loyalty_purchasereturn"


def _kept(table: str, *fixed: str, emptied: tuple[str, ...] = ()) -> list[Rule]:
    """A row of which some columns never change, some (JSON) are only emptied, and which is never removed."""
    sentence = "A purchase and its returns are never rewritten"
    changes = [f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in fixed]
    changes += [f"NEW.{name} IS DISTINCT FROM OLD.{name} AND NEW.{name} <> '[]'::jsonb" for name in emptied]
    changed = any_of(changes)
    return [
        Rule(f"{table}_is_never_rewritten", table, "BEFORE UPDATE", refuse_when(changed, sentence)),
        Rule(f"{table}_is_never_removed", table, "BEFORE DELETE", refuse_when("true", sentence)),
    ]


purchases = [
    *same_merchant(
        PURCHASE, {"card_id": "loyalty_loyaltycard", "store_id": "tenancy_store", "terms_id": TERMS}
    ),
    *same_merchant(RETURN, {"purchase_id": PURCHASE}),
    *_kept(
        PURCHASE,
        "id",
        "merchant_id",
        "card_id",
        "store_id",
        "terms_id",
        "offers",
        "order_reference",
        "reference_key",
        "amount_cents",
        "purchased_at",
        "recorded_offline",
        emptied=("items",),  # what somebody bought goes with the person
    ),
    *_kept(RETURN, "id", "merchant_id", "purchase_id", "amount_cents", "returned_at"),
]
