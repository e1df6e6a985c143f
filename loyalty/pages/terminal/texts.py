"""The words of the terminal's scripts, in the language that is active: the scripts themselves hold none.

A text is a sentence with {placeholders}; a counted text has a form for each plural category of Unicode
(`Intl.PluralRules`), with {n} for the number. Our four languages know "one" and "other".
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.models import TransactionType
from loyalty.pages.terminal import device_texts
from loyalty.pages.terminal.forms import Texts, forms


def terminal_texts() -> Texts:
    """Everything the terminal says, by the keys that its scripts use."""
    groups = (
        _card(),
        _notes(),
        _rewards(),
        _results(),
        _purchases(),
        _returns(),
        _refusals(),
        _voids(),
        _finding(),
        device_texts.staff(),
        device_texts.network(),
        device_texts.checks(),
    )
    texts: Texts = {f"type_{kind.value}": str(kind.label) for kind in TransactionType}
    for group in groups:
        texts |= group
    return texts


def _card() -> Texts:
    return {
        "yesterday": _("yesterday, {time}"),
        "on_day": _("{day}, {time}"),
        "what_and_when": _("{what}, {when}"),
        "whose_and_what": _("{whose}: {what}"),
        "points_short": _("{n} p"),
        "stamps": forms(lambda n: ngettext("{n} stamp", "{n} stamps", n)),
        "points": forms(lambda n: ngettext("{n} point", "{n} points", n)),
        "stamps_of": forms(lambda n: ngettext("{count} of {target} stamp", "{count} of {target} stamps", n)),
        "card_ending": _("Card … {number}"),
        "card_code": _("Code {code}…"),
        "card_full": _("Card full: {reward}"),
        "full_card_reward": _("the reward of a full card"),
        "stamps_missing_for": forms(
            lambda n: ngettext("{n} more stamp for: {reward}", "{n} more stamps for: {reward}", n)
        ),
        "add_stamps": forms(lambda n: ngettext("Add {n} stamp", "Add {n} stamps", n)),
        "earn_rate": _("{money} = {points}"),
        "earn_points": _("Earn points"),
        "earn_points_and_stamp": _("Earn points and a stamp"),
        "not_now": _("Not possible now"),
        "not_now_stamp_cooldown": _("Stamped a moment ago. Again in {time}"),
        "not_now_daily_stamp_limit": _("All stamps for today are given"),
        "gives": _("Gives {what}"),
        "gives_at_least": _("Gives at least {what}"),
        "of_which": _("of which {what}: {promotion}"),
        "minimum_purchase": _("Points from {money}"),
        "new_customer": _("New customer"),
        "email_wrong": _("Enter an e-mail address, like anouk@example.com."),
    }


def _notes() -> Texts:
    return {
        "card_inactive": _("Card deactivated"),
        "card_inactive_why": _("This card has been deactivated. A manager can make it active again."),
        "as_of": _("As of {when}"),
        "stamps_noted": forms(
            lambda n: ngettext("{n} stamp is noted here already", "{n} stamps are noted here already", n)
        ),
        "card_not_loaded": _("Card not loaded"),
        "card_not_loaded_why": _("No network: stamps and points are saved here and sent later."),
        "birthday": _("It is their birthday today"),
        "email_problem": _("E-mails do not arrive: ask for the right address"),
        "points_expire": _("The points expire on {date}"),
        "needs_network": _("Needs the network"),
        "nothing_to_void": _("Nothing that can be undone"),
        "owed_stamps": forms(lambda n: ngettext("{n} stamp is owed", "{n} stamps are owed", n)),
        "owed_points": forms(lambda n: ngettext("{n} point is owed", "{n} points are owed", n)),
        "owed_from_receipt": _("{what}: receipt {receipt}, {date}"),
        "owed_from_return": _("{what}: return of {date}"),
        "nothing_yet": _("Nothing yet"),
    }


def _rewards() -> Texts:
    return {
        "no_rewards": _("There are no rewards yet"),
        "rewards_ready": forms(lambda n: ngettext("{n} reward within reach", "{n} rewards within reach", n)),
        "affordable": _("Redeem now"),
        "affordable_short": _("within reach"),
        "points_missing": forms(lambda n: ngettext("{n} point missing", "{n} points missing", n)),
        "stamps_missing": forms(lambda n: ngettext("{n} stamp missing", "{n} stamps missing", n)),
        "points_missing_for": forms(
            lambda n: ngettext("{n} point missing for: {reward}", "{n} points missing for: {reward}", n)
        ),
        "reward_not_yet": _("Below the smallest number of points that can be redeemed"),
    }


def _results() -> Texts:
    return {
        "now_has": _("{name} now has {count} of {target}."),
        "now_full": _("{name} has a full card: {reward}."),
        "stamps_now": _("Stamps: {count} of {target}."),
        "points_now": _("Points: {count}."),
        "new_balance": forms(lambda n: ngettext("New balance: {n} point.", "New balance: {n} points.", n)),
        "redeemed": _("Redeemed: {reward}"),
        "redeem_now": _("Redeem now"),
        "this_card": _("This card"),
        "welcome": _("Welcome, {name}"),
        "card_sent": _("The card is on its way by e-mail."),
        "bonus": forms(lambda n: ngettext("{n} point to start with", "{n} points to start with", n)),
        "already_enrolled": _("Has a card already"),
        "valid_at": _("It works at: {places}."),
        "open_card": _("Open the card"),
        "next_customer": _("Next customer"),
        "back": _("Back"),
        "back_to_card": _("Back to the card"),
        "undo": _("Undo"),
        "undone": _("Undone"),
        "cancel": _("Cancel"),
    }


def _purchases() -> Texts:
    return {
        "nothing_earned": _("Recorded, nothing earned"),
        "no_points": _("No points: only from {money}."),
        "no_stamp": _("No stamp this time."),
        "no_stamp_stamp_cooldown": _("No stamp: again in {time}."),
        "no_stamp_daily_stamp_limit": _("No stamp: all of today’s are given."),
        "settles": forms(
            lambda n: ngettext("{what} of it settles a return.", "{what} of it settle a return.", n)
        ),
    }


def _returns() -> Texts:
    return {
        "no_receipt": _("There is no receipt with this number."),
        "no_purchases": _("No purchases on this card yet."),
        "brought_back": _("{money} brought back"),
        "return_reason": _("Brought back"),
        "return_of": _("Return of {money}"),
        "returned": _("Returned"),
        "takes_back": _("Takes back {what}."),
        "would_be_owed": _("Spent already, so owed then: {what}."),
        "takes_nothing": _("Takes nothing back from the card."),
        "taken_back": _("{what} taken back"),
        "taken_back_owed": forms(
            lambda n: ngettext(
                "{what} taken back, {n} of them is owed", "{what} taken back, {n} of them are owed", n
            )
        ),
        "let_go": _("What is owed is let go"),
        "let_go_reason": _("As a courtesy"),
        "was_let_go": _("Let go: {what}"),
    }


def _refusals() -> Texts:
    return {
        "refused": _("Not possible"),
        "refused_stamp_cooldown": _("Stamped a moment ago"),
        "refused_daily_stamp_limit": _("No more stamps today"),
        "refused_not_enough_stamps": _("Not enough stamps"),
        "refused_not_enough_points": _("Not enough points"),
        "refused_purchase_below_minimum": _("Purchase too small"),
        "refused_order_reference_used": _("Receipt used already"),
        "refused_card_inactive": _("Card deactivated"),
        "refused_return_exceeds_purchase": _("More than was bought"),
        "refused_void_window_passed": _("Too late to undo"),
        "refused_void_other_store": _("At another store"),
        "refused_nothing_owed": _("Nothing is owed"),
    }


def _voids() -> Texts:
    return {
        "void": _("Void"),
        "void_question": _("Void this?"),
        "leave_it": _("Leave it"),
        "void_reason": _("Undone at the till"),
        "void_of": _("Void of {what}"),
        "voided": _("Voided"),
        "redemption_undone": _("Redemption undone"),
        "return_undone": _("Return undone"),
        "shortfall": _("Spent already, so owed now: {what}"),
    }


def _finding() -> Texts:
    return {
        "scan_hint": _("Camera or handheld scanner – both are ready."),
        "no_camera": _("No camera here: use the handheld scanner or the field below."),
        "cannot_read": _(
            "This browser cannot read codes by camera: use the handheld scanner or the field below."
        ),
        "camera_off": _("The camera is off. The handheld scanner and the field below work."),
        "not_found": _("Card not found"),
        "not_found_so": _("Please check"),
        "mistyped": _("A slip in the number"),
        "mistyped_offline": _(
            "The last digit does not fit the others. Nothing was noted: read it once more."
        ),
        "not_found_by_code": _("Ask the customer to open the card again, or look it up by e-mail."),
        "attach_code": _("Attach to a card"),
        "attach_hint": _("Now find the customer’s card: it gets the code {code}."),
        "code_attached": _("Code attached"),
        "code_not_attached": _("Code not attached"),
        "not_found_by_hand": _("Look for the e-mail or the phone number, or make a new card."),
    }
