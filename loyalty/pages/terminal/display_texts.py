"""What the screen that is turned to the customer says."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.pages.terminal.forms import Texts, forms


def display_texts() -> Texts:
    """The words of the customer's screen, by the keys that its script uses."""
    return {
        "hello": _("Hello {name}"),
        "your_card": _("Your card"),
        "earned_stamps": forms(lambda n: ngettext("+{n} stamp", "+{n} stamps", n)),
        "earned_points": forms(lambda n: ngettext("+{n} point", "+{n} points", n)),
        "points": forms(lambda n: ngettext("{n} point", "{n} points", n)),
        "stamps_of": forms(lambda n: ngettext("{count} of {target} stamp", "{count} of {target} stamps", n)),
        "full": _("Your card is full: {reward}"),
        "noted": _("Noted. It is on your card as soon as the network is back."),
        "enjoy": _("Enjoy it: {reward}"),
        "take": _("Your new card: scan the code with your phone to take it along."),
        "take_picture": _("QR code of the new card"),
    }
