"""What the database holds about the tenant: a row and all it points to belong to one merchant, for ever."""

from collections.abc import Mapping

from groundwork.database.triggers import Rule, refuse_when
from tenancy.former import is_kept


def same_merchant(table: str, parents: Mapping[str, str]) -> list[Rule]:
    """A row and all it points to belong to one merchant. `parents` is column -> table."""
    refusals = []
    for column, parent in parents.items():
        sentence = f"{column}: belongs to another merchant"
        other = f"(SELECT merchant_id FROM {parent} WHERE id = NEW.{column})"
        refusals.append(
            f"IF NEW.{column} IS NOT NULL THEN "
            + refuse_when(f"{other} IS DISTINCT FROM NEW.merchant_id", sentence)
            + " END IF;"
        )
    # A list of columns, so that an update of a balance or a time does not pay for it.
    columns = ", ".join(["merchant_id", *parents])
    insert, update = f"{table}_of_one_merchant", f"BEFORE UPDATE OF {columns}"
    return [
        Rule(insert, table, "BEFORE INSERT", "\n".join(refusals)),
        Rule(f"{insert}_still", table, update, "\n".join(refusals)),
    ]


def merchant_is_for_ever(table: str) -> Rule:
    """A row never moves to another merchant."""
    return Rule(
        f"{table}_keeps_its_merchant",
        table,
        "BEFORE UPDATE OF merchant_id",
        refuse_when(
            "NEW.merchant_id IS DISTINCT FROM OLD.merchant_id", "A row never moves to another merchant"
        ),
    )


# Whoever may have written a line of a merchant's ledger.
MERCHANTS_OF_A_USER = """SELECT merchant_id FROM tenancy_storeuser WHERE user_id = {row}.id
UNION SELECT id FROM tenancy_merchant WHERE {row}.is_superuser"""

RULES = [
    merchant_is_for_ever("tenancy_store"),
    merchant_is_for_ever("tenancy_storeuser"),
    merchant_is_for_ever("tenancy_apikey"),
    merchant_is_for_ever("tenancy_invitation"),
    merchant_is_for_ever("tenancy_invitedstore"),
    merchant_is_for_ever("tenancy_till"),
    merchant_is_for_ever("tenancy_historyentry"),
    merchant_is_for_ever("tenancy_outboxmessage"),
    merchant_is_for_ever("tenancy_settledmessage"),
    merchant_is_for_ever("tenancy_savedquestion"),
    merchant_is_for_ever("tenancy_formerrow"),
    *same_merchant("tenancy_storeuser", {"store_id": "tenancy_store"}),
    *same_merchant("tenancy_apikey", {"store_id": "tenancy_store"}),
    *same_merchant(
        "tenancy_invitedstore", {"invitation_id": "tenancy_invitation", "store_id": "tenancy_store"}
    ),
    *same_merchant("tenancy_till", {"store_id": "tenancy_store"}),
    *same_merchant("tenancy_historyentry", {"store_id": "tenancy_store"}),
    *same_merchant("tenancy_idempotencykey", {"store_id": "tenancy_store"}),
    *is_kept(
        "tenancy_merchant",
        *("slug", "default_language", "timezone", "currency", "is_active"),
        merchants="SELECT {row}.id",
    ),
    *is_kept("tenancy_store", "name", "store_code", "timezone"),
    *is_kept("tenancy_user", "first_name", "last_name", "email", merchants=MERCHANTS_OF_A_USER),
    *is_kept("tenancy_apikey", "name"),
    *is_kept("tenancy_till", "name"),
]
