"""The refusals of loyalty: one class per stable code, with a sentence that helps the person at the till."""

from django.utils.translation import gettext_lazy as _

from groundwork.errors import DomainError


class ProgramNotFound(DomainError):
    code, status = "program_not_found", 404
    message = _("There is no loyalty program here.")


class ProgramInactive(DomainError):
    code, status = "program_inactive", 409
    message = _("The loyalty program is switched off at the moment.")


class ProgramExists(DomainError):
    code, status = "program_exists", 409
    message = _("This merchant has a loyalty program already.")


class ProgramTypeMismatch(DomainError):
    code, status = "program_type_mismatch", 409
    message = _("This loyalty program does not work that way.")


class PromotionNotFound(DomainError):
    code, status = "promotion_not_found", 404
    message = _("This promotion was not found.")


class PromotionFixed(DomainError):
    """A promise: what has begun is stopped, and copied for what is to be different."""

    code, status = "promotion_fixed", 409
    message = _("This promotion has begun. Stop it, and change a copy.")


class TooManyPromotions(DomainError):
    code, status = "too_many_promotions", 409
    message = _("Twenty promotions are planned or running. Stop one of them first.")


class ConfirmationRequired(DomainError):
    """`cards_affected` says how many, `effects` what each kind of loss is: a list of `{code, cards, text}`."""

    code, status = "confirmation_required", 409
    message = _("This change takes something from customers. Please confirm it.")
    example = {
        "cards_affected": 12,
        "effects": [{"code": "spending_stopped", "cards": 12, "text": "12 cards"}],
    }


class CustomerIdentifierRequired(DomainError):
    code, status = "customer_identifier_required", 400
    message = _("Enter the customer's e-mail address, phone number or name, or make a card without them.")


class CustomerNotFound(DomainError):
    code, status = "customer_not_found", 404
    message = _("No customer was found. A new card can be made for them.")


class SelfEnrollmentDisabled(DomainError):
    code, status = "self_enrollment_disabled", 403
    message = _("Please ask for a card at the counter.")


class CardNotFound(DomainError):
    code, status = "card_not_found", 404
    message = _("This card was not found. Ask the customer to open it again, or look it up by e-mail.")


class CardNumberMistyped(DomainError):
    code, status = "card_number_mistyped", 400
    message = _("There is a slip in this card number. Please read it once more.")


class CardAmbiguous(DomainError):
    """Whole cards are in `matches`."""

    code, status = "card_ambiguous", 409
    message = _("Several cards fit. Please choose one.")
    example = {"matches": [{"id": 17, "card_number": "6021-5507-3318"}]}


class CardInactive(DomainError):
    code, status = "card_inactive", 409
    message = _("This card has been deactivated.")


class CardCodeTaken(DomainError):
    code, status = "card_code_taken", 409
    message = _("This code belongs to another card.")


class TooManyCardCodes(DomainError):
    code, status = "too_many_card_codes", 409
    message = _("This card has as many codes as it can have. A manager can remove one.")


class CardCodeNotFound(DomainError):
    code, status = "card_code_not_found", 404
    message = _("This card has no such code.")


class CardAlreadyInactive(DomainError):
    code, status = "card_already_inactive", 409
    message = _("This card is deactivated already.")


class CardAlreadyActive(DomainError):
    code, status = "card_already_active", 409
    message = _("This card is active already.")


class CardsNotMergeable(DomainError):
    code, status = "cards_not_mergeable", 409
    message = _("These two cards cannot be merged.")


class StampCooldown(DomainError):
    """`retry_after` in seconds, `next_stamp_at` in UTC."""

    code, status = "stamp_cooldown", 429
    message = _("This card was stamped a moment ago.")
    example = {"retry_after": 840, "next_stamp_at": "2026-11-28T09:41:00Z"}


class DailyStampLimit(DomainError):
    """`retry_after` in seconds, `next_stamp_at` in UTC."""

    code, status = "daily_stamp_limit", 429
    message = _("This card has all its stamps for today.")
    example = {"retry_after": 51600, "next_stamp_at": "2026-11-28T23:00:00Z"}


class NotEnoughStamps(DomainError):
    """`missing` says how many."""

    code, status = "not_enough_stamps", 409
    message = _("There are not enough stamps on this card yet.")
    example = {"missing": 3}


class NotEnoughPoints(DomainError):
    """`missing` says how many."""

    code, status = "not_enough_points", 409
    message = _("There are not enough points on this card.")
    example = {"missing": 120}


class PurchaseBelowMinimum(DomainError):
    """`minimum_purchase_cents` is what it would take."""

    code, status = "purchase_below_minimum", 409
    message = _("This purchase is too small to earn points.")
    example = {"minimum_purchase_cents": 500}


class OrderReferenceRequired(DomainError):
    code, status = "order_reference_required", 400
    message = _("Enter the number of the receipt.")


class OrderReferenceUsed(DomainError):
    code, status = "order_reference_used", 409
    message = _("This receipt has earned its points already.")


class PurchaseNotFound(DomainError):
    code, status = "purchase_not_found", 404
    message = _("This purchase was not found.")


class ReturnExceedsPurchase(DomainError):
    """`left_cents` says how much of it may still come back."""

    code, status = "return_exceeds_purchase", 409
    message = _("This is more than is left of this purchase.")
    example = {"left_cents": 1250}


class NothingOwed(DomainError):
    code, status = "nothing_owed", 409
    message = _("Nothing is owed on this card.")


class RewardNotFound(DomainError):
    code, status = "reward_not_found", 404
    message = _("This reward is not on offer.")


class RewardBelowMinimum(DomainError):
    """`minimum_redemption_points` is what it would take."""

    code, status = "reward_below_minimum", 409
    message = _("This reward costs less than the smallest number of points that can be redeemed.")
    example = {"minimum_redemption_points": 500}


class TransactionNotFound(DomainError):
    code, status = "transaction_not_found", 404
    message = _("This transaction was not found.")


class NotVoidable(DomainError):
    code, status = "not_voidable", 409
    message = _("This cannot be undone.")


class AlreadyVoided(DomainError):
    code, status = "already_voided", 409
    message = _("This has been undone already.")


class VoidDisabled(DomainError):
    code, status = "void_disabled", 403
    message = _("Undoing is switched off.")


class VoidWindowPassed(DomainError):
    code, status = "void_window_passed", 409
    message = _("This is too long ago to be undone by staff. Please ask a manager.")


class VoidOtherStore(DomainError):
    code, status = "void_other_store", 403
    message = _("This happened at another store and can be undone only there.")


class StaffPinRequired(DomainError):
    code, status = "staff_pin_required", 403
    message = _("Please choose your name and type your PIN.")


class PinNotFound(DomainError):
    code, status = "pin_not_found", 404
    message = _("This person is not on the list any more.")


class PinInvalid(DomainError):
    """`attempts_left` says how many before the lock-out."""

    code, status = "pin_invalid", 401
    message = _("Wrong PIN. Please try again.")
    example = {"attempts_left": 4}


class PinLocked(DomainError):
    """`locked_until` in UTC."""

    code, status = "pin_locked", 423
    message = _("Too many wrong PINs. Please wait, or ask a manager to unlock it.")
    example = {"locked_until": "2026-11-28T09:56:00Z"}


class PinTooSimple(DomainError):
    code, status = "pin_too_simple", 400
    message = _("This PIN is too easy to guess. Avoid the same digit throughout, and runs like 1234.")


class PinNameTaken(DomainError):
    code, status = "pin_name_taken", 409
    message = _("Somebody at this store has this name already.")


class ImportInterrupted(DomainError):
    code, status = "import_interrupted", 409
    message = _(
        "The import was interrupted. What it had brought in is there; bring the same file in again, and it goes on."
    )


class ImportNotRevertible(DomainError):
    """Older than 30 days, or being taken back already."""

    code, status = "import_not_revertible", 409
    message = _("This import cannot be taken back any more.")


class UnreadableFile(DomainError):
    """A file that is no table of customers."""

    code, status = "unreadable_file", 400
    message = _("This file cannot be read. Use CSV or XLSX.")
