"""What the API refuses, by its code. Made of the API's description by `make clients`: never changed by hand."""

from loyalty_client.errors import Problem


class AlreadyDeleted(Problem):
    """This is deleted already."""

    code, status = "already_deleted", 409


class AlreadyVoided(Problem):
    """This has been undone already."""

    code, status = "already_voided", 409


class BodyTooLarge(Problem):
    """That is more than can be taken at once."""

    code, status = "body_too_large", 413


class CardAlreadyActive(Problem):
    """This card is active already."""

    code, status = "card_already_active", 409


class CardAlreadyInactive(Problem):
    """This card is deactivated already."""

    code, status = "card_already_inactive", 409


class CardAmbiguous(Problem):
    """Several cards fit. Please choose one."""

    # Its members: matches.
    code, status = "card_ambiguous", 409


class CardCodeNotFound(Problem):
    """This card has no such code."""

    code, status = "card_code_not_found", 404


class CardCodeTaken(Problem):
    """This code belongs to another card."""

    code, status = "card_code_taken", 409


class CardInactive(Problem):
    """This card has been deactivated."""

    code, status = "card_inactive", 409


class CardNotFound(Problem):
    """This card was not found. Ask the customer to open it again, or look it up by e-mail."""

    code, status = "card_not_found", 404


class CardNumberMistyped(Problem):
    """There is a slip in this card number. Please read it once more."""

    code, status = "card_number_mistyped", 400


class CardsNotMergeable(Problem):
    """These two cards cannot be merged."""

    code, status = "cards_not_mergeable", 409


class ConfirmationRequired(Problem):
    """This change takes something from customers. Please confirm it."""

    # Its members: cards_affected, effects.
    code, status = "confirmation_required", 409


class CsrfFailed(Problem):
    """Your sign-in could not be confirmed. Please reload the page and try again."""

    code, status = "csrf_failed", 403


class CustomerIdentifierRequired(Problem):
    """Enter the customer's e-mail address, phone number or name, or make a card without them."""

    code, status = "customer_identifier_required", 400


class CustomerNotFound(Problem):
    """No customer was found. A new card can be made for them."""

    code, status = "customer_not_found", 404


class DailyStampLimit(Problem):
    """This card has all its stamps for today."""

    # Its members: next_stamp_at, retry_after.
    code, status = "daily_stamp_limit", 429


class DeliveryNotFound(Problem):
    """This delivery was not found."""

    code, status = "delivery_not_found", 404


class EndpointNotAllowed(Problem):
    """This address may not be called: it must be a public https address, without a user name in it."""

    code, status = "endpoint_not_allowed", 400


class EndpointNotFound(Problem):
    """This endpoint was not found."""

    code, status = "endpoint_not_found", 404


class IdempotencyKeyRequired(Problem):
    """Send an Idempotency-Key with this call, so that it can be repeated safely."""

    code, status = "idempotency_key_required", 400


class IdempotencyKeyReused(Problem):
    """This Idempotency-Key was used for another request. Use a new one."""

    code, status = "idempotency_key_reused", 422


class Invalid(Problem):
    """Please check what was entered."""

    # Its members: errors.
    code, status = "invalid", 400


class LengthRequired(Problem):
    """Send the request with its Content-Length."""

    code, status = "length_required", 411


class ManagerRequired(Problem):
    """Only a manager can do this."""

    code, status = "manager_required", 403


class MerchantNotFound(Problem):
    """This merchant was not found."""

    code, status = "merchant_not_found", 404


class NotAcceptable(Problem):
    """The answer can only be had as JSON."""

    code, status = "not_acceptable", 406


class NotAuthenticated(Problem):
    """Please sign in first."""

    code, status = "not_authenticated", 401


class NotEnoughPoints(Problem):
    """There are not enough points on this card."""

    # Its members: missing.
    code, status = "not_enough_points", 409


class NotEnoughStamps(Problem):
    """There are not enough stamps on this card yet."""

    # Its members: missing.
    code, status = "not_enough_stamps", 409


class NotFound(Problem):
    """There is nothing here."""

    code, status = "not_found", 404


class NotVoidable(Problem):
    """This cannot be undone."""

    code, status = "not_voidable", 409


class NothingOwed(Problem):
    """Nothing is owed on this card."""

    code, status = "nothing_owed", 409


class OperatorRequired(Problem):
    """Only an operator of the platform can do this."""

    code, status = "operator_required", 403


class OrderReferenceRequired(Problem):
    """Enter the number of the receipt."""

    code, status = "order_reference_required", 400


class OrderReferenceUsed(Problem):
    """This receipt has earned its points already."""

    code, status = "order_reference_used", 409


class OwnerRequired(Problem):
    """Only the owner can do this."""

    code, status = "owner_required", 403


class PinInvalid(Problem):
    """Wrong PIN. Please try again."""

    # Its members: attempts_left.
    code, status = "pin_invalid", 401


class PinLocked(Problem):
    """Too many wrong PINs. Please wait, or ask a manager to unlock it."""

    # Its members: locked_until.
    code, status = "pin_locked", 423


class PinNameTaken(Problem):
    """Somebody at this store has this name already."""

    code, status = "pin_name_taken", 409


class PinNotFound(Problem):
    """This person is not on the list any more."""

    code, status = "pin_not_found", 404


class PinTooSimple(Problem):
    """This PIN is too easy to guess. Avoid the same digit throughout, and runs like 1234."""

    code, status = "pin_too_simple", 400


class ProgramExists(Problem):
    """This merchant has a loyalty program already."""

    code, status = "program_exists", 409


class ProgramInactive(Problem):
    """The loyalty program is switched off at the moment."""

    code, status = "program_inactive", 409


class ProgramNotFound(Problem):
    """There is no loyalty program here."""

    code, status = "program_not_found", 404


class ProgramTypeMismatch(Problem):
    """This loyalty program does not work that way."""

    code, status = "program_type_mismatch", 409


class PromotionFixed(Problem):
    """This promotion has begun. Stop it, and change a copy."""

    code, status = "promotion_fixed", 409


class PromotionNotFound(Problem):
    """This promotion was not found."""

    code, status = "promotion_not_found", 404


class PurchaseBelowMinimum(Problem):
    """This purchase is too small to earn points."""

    # Its members: minimum_purchase_cents.
    code, status = "purchase_below_minimum", 409


class PurchaseNotFound(Problem):
    """This purchase was not found."""

    code, status = "purchase_not_found", 404


class RateLimited(Problem):
    """That was too fast. Please wait a moment and try again."""

    # Its members: retry_after.
    code, status = "rate_limited", 429


class RestoreConflict(Problem):
    """This cannot be restored yet: what it belongs to is deleted, or its name is taken again."""

    code, status = "restore_conflict", 409


class ReturnExceedsPurchase(Problem):
    """This is more than is left of this purchase."""

    # Its members: left_cents.
    code, status = "return_exceeds_purchase", 409


class RewardBelowMinimum(Problem):
    """This reward costs less than the smallest number of points that can be redeemed."""

    # Its members: minimum_redemption_points.
    code, status = "reward_below_minimum", 409


class RewardNotFound(Problem):
    """This reward is not on offer."""

    code, status = "reward_not_found", 404


class ScopeMissing(Problem):
    """This API key lacks the scope that the call needs."""

    # Its members: scope.
    code, status = "scope_missing", 403


class SelfEnrollmentDisabled(Problem):
    """Please ask for a card at the counter."""

    code, status = "self_enrollment_disabled", 403


class StaffPinRequired(Problem):
    """Please choose your name and type your PIN."""

    code, status = "staff_pin_required", 403


class StampCooldown(Problem):
    """This card was stamped a moment ago."""

    # Its members: next_stamp_at, retry_after.
    code, status = "stamp_cooldown", 429


class StoreNotFound(Problem):
    """This store was not found."""

    code, status = "store_not_found", 404


class TooManyCardCodes(Problem):
    """This card has as many codes as it can have. A manager can remove one."""

    code, status = "too_many_card_codes", 409


class TooManyEndpoints(Problem):
    """A merchant has at most 20 endpoints. Please delete one first."""

    code, status = "too_many_endpoints", 409


class TooManyPromotions(Problem):
    """Twenty promotions are planned or running. Stop one of them first."""

    code, status = "too_many_promotions", 409


class TransactionNotFound(Problem):
    """This transaction was not found."""

    code, status = "transaction_not_found", 404


class Unavailable(Problem):
    """This is not available at the moment. Please try again shortly."""

    # Its members: retry_after.
    code, status = "unavailable", 503


class UnsupportedMediaType(Problem):
    """Send the request as JSON."""

    code, status = "unsupported_media_type", 415


class UserNotFound(Problem):
    """This user was not found."""

    code, status = "user_not_found", 404


class VoidDisabled(Problem):
    """Undoing is switched off."""

    code, status = "void_disabled", 403


class VoidOtherStore(Problem):
    """This happened at another store and can be undone only there."""

    code, status = "void_other_store", 403


class VoidWindowPassed(Problem):
    """This is too long ago to be undone by staff. Please ask a manager."""

    code, status = "void_window_passed", 409


BY_CODE: dict[str, type[Problem]] = {
    "already_deleted": AlreadyDeleted,
    "already_voided": AlreadyVoided,
    "body_too_large": BodyTooLarge,
    "card_already_active": CardAlreadyActive,
    "card_already_inactive": CardAlreadyInactive,
    "card_ambiguous": CardAmbiguous,
    "card_code_not_found": CardCodeNotFound,
    "card_code_taken": CardCodeTaken,
    "card_inactive": CardInactive,
    "card_not_found": CardNotFound,
    "card_number_mistyped": CardNumberMistyped,
    "cards_not_mergeable": CardsNotMergeable,
    "confirmation_required": ConfirmationRequired,
    "csrf_failed": CsrfFailed,
    "customer_identifier_required": CustomerIdentifierRequired,
    "customer_not_found": CustomerNotFound,
    "daily_stamp_limit": DailyStampLimit,
    "delivery_not_found": DeliveryNotFound,
    "endpoint_not_allowed": EndpointNotAllowed,
    "endpoint_not_found": EndpointNotFound,
    "idempotency_key_required": IdempotencyKeyRequired,
    "idempotency_key_reused": IdempotencyKeyReused,
    "invalid": Invalid,
    "length_required": LengthRequired,
    "manager_required": ManagerRequired,
    "merchant_not_found": MerchantNotFound,
    "not_acceptable": NotAcceptable,
    "not_authenticated": NotAuthenticated,
    "not_enough_points": NotEnoughPoints,
    "not_enough_stamps": NotEnoughStamps,
    "not_found": NotFound,
    "not_voidable": NotVoidable,
    "nothing_owed": NothingOwed,
    "operator_required": OperatorRequired,
    "order_reference_required": OrderReferenceRequired,
    "order_reference_used": OrderReferenceUsed,
    "owner_required": OwnerRequired,
    "pin_invalid": PinInvalid,
    "pin_locked": PinLocked,
    "pin_name_taken": PinNameTaken,
    "pin_not_found": PinNotFound,
    "pin_too_simple": PinTooSimple,
    "program_exists": ProgramExists,
    "program_inactive": ProgramInactive,
    "program_not_found": ProgramNotFound,
    "program_type_mismatch": ProgramTypeMismatch,
    "promotion_fixed": PromotionFixed,
    "promotion_not_found": PromotionNotFound,
    "purchase_below_minimum": PurchaseBelowMinimum,
    "purchase_not_found": PurchaseNotFound,
    "rate_limited": RateLimited,
    "restore_conflict": RestoreConflict,
    "return_exceeds_purchase": ReturnExceedsPurchase,
    "reward_below_minimum": RewardBelowMinimum,
    "reward_not_found": RewardNotFound,
    "scope_missing": ScopeMissing,
    "self_enrollment_disabled": SelfEnrollmentDisabled,
    "staff_pin_required": StaffPinRequired,
    "stamp_cooldown": StampCooldown,
    "store_not_found": StoreNotFound,
    "too_many_card_codes": TooManyCardCodes,
    "too_many_endpoints": TooManyEndpoints,
    "too_many_promotions": TooManyPromotions,
    "transaction_not_found": TransactionNotFound,
    "unavailable": Unavailable,
    "unsupported_media_type": UnsupportedMediaType,
    "user_not_found": UserNotFound,
    "void_disabled": VoidDisabled,
    "void_other_store": VoidOtherStore,
    "void_window_passed": VoidWindowPassed,
}
