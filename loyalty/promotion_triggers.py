"""What the database holds about promotions: what is given is counted with the line that gives it, within its budget."""

from groundwork.database.triggers import Rule, never_emptied, refuse_when
from loyalty.models.promotion import KEPT
from loyalty.purchase_triggers import PURCHASE, any_of
from loyalty.rules import POINT
from tenancy.triggers import same_merchant

LINES = "loyalty_loyaltytransaction"
CARD = "loyalty_loyaltycard"
PROGRAM = "loyalty_loyaltyprogram"
PROMOTION = "loyalty_promotion"
USE = "loyalty_promotionuse"
FRIEND = "loyalty_friend"
GIFT = "loyalty_friendgift"
LINK = "loyalty_friendlink"
KEPT_USE = "What a promotion gave is never rewritten"
KEPT_FRIEND = "Who was brought by whom is never rewritten"
KEPT_GIFT = "What a friend is promised stays as it is"
KEPT_RULE = "A promotion by which somebody was given something stays as it is"
OVERSPENT = "A promotion gives no more than its budget"
ELSEWHERE = "A promotion names stores and promotions of its own merchant"

# All but what a promotion has given: that changes at the till, and nobody has to read the program again for it.
SAID = tuple(
    """
    merchant_id program_id name name_en name_fr name_de name_lb effect factor amount first_day last_day weekdays
    from_time until_time store_ids audience days every tag friend_amount month_limit least_cents skus categories
    card_day_limit card_limit budget not_with planned_at stopped_at deleted_at
    """.split()
)


def _touch_program(when: str, columns: str = "") -> Rule:
    """A changed promotion is a changed program: whoever keeps a program's promotions in memory goes by `updated_at`."""
    return Rule(
        f"promotion_{when.lower()}_changes_its_program",
        PROMOTION,
        f"AFTER {when}{columns}",
        f"UPDATE {PROGRAM} SET updated_at = clock_timestamp() WHERE id = NEW.program_id;",
    )


has_promotions = Rule(
    "program_knows_whether_it_has_promotions",
    PROGRAM,
    "BEFORE UPDATE",
    f"""NEW.has_promotions := EXISTS (
  SELECT 1 FROM {PROMOTION} WHERE program_id = NEW.id AND planned_at IS NOT NULL);""",
)

_PROMISED = f"""(NEW.transaction_type = 'friend_bonus' AND EXISTS (
      SELECT 1 FROM {GIFT} gift JOIN {FRIEND} friend ON friend.id = gift.friend_id
        JOIN {CARD} card ON card.id = friend.brought_by_id
      WHERE gift.promotion_id = part.id AND gift.amount > 0 AND gift.line_id IS NULL
        AND COALESCE(card.merged_into_id, card.id) = NEW.card_id))"""

# One after the other in the order of their ids, as budgets are locked. What is undone, or left after a return, was
# promised then: that alone may go beyond a budget which others have used since, as may what goes once more to whoever
# brought a friend.
counted = Rule(
    "promotions_count_what_a_line_gives",
    LINES,
    "AFTER INSERT",
    f"""DECLARE part record; moment timestamptz;
BEGIN
  moment := COALESCE(
    (SELECT purchased_at FROM {PURCHASE} WHERE id = NEW.purchase_id),
    (SELECT at FROM {USE} WHERE line_id = COALESCE(NEW.voids_id, NEW.restores_id) LIMIT 1),
    (SELECT transaction_at FROM {LINES} WHERE id = NEW.voids_id),
    NEW.transaction_at);
  FOR part IN
    SELECT (value->>'promotion')::bigint AS id, (value->>'points')::bigint AS points,
      (value->>'stamps')::integer AS stamps
    FROM jsonb_array_elements(NEW.promotions) ORDER BY 1
  LOOP
    INSERT INTO {USE} (merchant_id, promotion_id, line_id, purchase_id, card_id, points, stamps, at, created_at)
    VALUES (NEW.merchant_id, part.id, NEW.id, NEW.purchase_id, NEW.card_id, part.points, part.stamps, moment,
      NEW.created_at);
    UPDATE {PROMOTION} SET spent = spent + part.points + part.stamps WHERE id = part.id AND budget IS NOT NULL;
    IF NEW.voids_id IS NULL AND NEW.restores_id IS NULL AND NEW.purchase_return_id IS NULL AND NOT {_PROMISED}
      AND EXISTS (
      SELECT 1 FROM {PROMOTION} WHERE id = part.id
        AND spent > budget::bigint * CASE effect WHEN 'stamps' THEN 1 ELSE {POINT} END
    ) THEN
      RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{OVERSPENT}';
    END IF;
  END LOOP;
END;""",
    only_if="NEW.promotions IS NOT NULL",
)

_USED = f"EXISTS (SELECT 1 FROM {USE} WHERE promotion_id = NEW.id)"
_CHANGES = any_of(
    [
        *(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in KEPT),
        "(NEW.budget IS NULL) <> (OLD.budget IS NULL)",  # without one nothing is counted
    ]
)
rule_is_kept = Rule(
    "promotion_stays_as_it_was_given",
    PROMOTION,
    f"BEFORE UPDATE OF {', '.join(KEPT)}, budget",
    refuse_when(f"({_CHANGES}) AND {_USED}", KEPT_RULE),
)


def _names_its_own(when: str) -> Rule:
    foreign = [
        f"EXISTS (SELECT 1 FROM unnest(NEW.{column}) named LEFT JOIN {table} other"
        " ON other.id = named AND other.merchant_id = NEW.merchant_id WHERE other.id IS NULL)"
        for column, table in (("store_ids", "tenancy_store"), ("not_with", PROMOTION))
    ]
    columns = " OF store_ids, not_with, merchant_id" if when == "UPDATE" else ""
    return Rule(
        f"promotion_names_its_own_{when.lower()}",
        PROMOTION,
        f"BEFORE {when}{columns}",
        refuse_when(any_of(foreign), ELSEWHERE),
    )


promotions = [
    _touch_program("INSERT"),
    _touch_program("UPDATE", f" OF {', '.join(SAID)}"),
    has_promotions,
    counted,
    rule_is_kept,
    _names_its_own("INSERT"),
    _names_its_own("UPDATE"),
    Rule(f"{USE}_is_never_rewritten", USE, "BEFORE UPDATE", refuse_when("true", KEPT_USE)),
    Rule(f"{USE}_is_never_removed", USE, "BEFORE DELETE", refuse_when("true", KEPT_USE)),
    never_emptied(USE),
    Rule(f"{FRIEND}_is_never_rewritten", FRIEND, "BEFORE UPDATE", refuse_when("true", KEPT_FRIEND)),
    Rule(f"{LINK}_is_never_rewritten", LINK, "BEFORE UPDATE", refuse_when("true", KEPT_FRIEND)),
    Rule(
        f"{GIFT}_is_never_rewritten",
        GIFT,
        "BEFORE UPDATE",
        refuse_when(
            "(NEW.friend_id, NEW.promotion_id, NEW.merchant_id) <> (OLD.friend_id, OLD.promotion_id, OLD.merchant_id)"
            " OR (OLD.amount IS NOT NULL AND NEW.amount IS DISTINCT FROM OLD.amount"
            " AND (NEW.amount IS NOT NULL OR NEW.purchase_id = OLD.purchase_id))",
            KEPT_GIFT,
        ),
    ),
    *same_merchant(FRIEND, {"card_id": CARD, "brought_by_id": CARD}),
    *same_merchant(LINK, {"card_id": CARD}),
    *same_merchant(
        GIFT, {"friend_id": FRIEND, "promotion_id": PROMOTION, "purchase_id": PURCHASE, "line_id": LINES}
    ),
    *same_merchant(PROMOTION, {"program_id": PROGRAM}),
    *same_merchant(
        USE,
        {
            "promotion_id": PROMOTION,
            "line_id": LINES,
            "purchase_id": PURCHASE,
            "card_id": CARD,
        },
    ),
]
