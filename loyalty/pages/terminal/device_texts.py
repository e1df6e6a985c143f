"""What the terminal says of the device and of who is at it: PINs, the network, the set-up check."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.pages.terminal.forms import Texts, forms


def staff() -> Texts:
    """Of PINs and signing in."""
    return {
        "digits": forms(lambda n: ngettext("{n} digit", "{n} digits", n)),
        "pin_wrong": forms(
            lambda n: ngettext("Wrong PIN. {n} attempt left.", "Wrong PIN. {n} attempts left.", n)
        ),
        "pin_locked_until": _("Too many wrong PINs: locked until {time}. A manager can unlock it."),
        "no_network_to_unlock": _("No network. Unlocking needs it."),
        "pin_to_finish": _("Type your PIN: what you did is kept and will be booked."),
        "pin_again": _("Type your PIN, then do it once more."),
        "signed_out": _("Signed out"),
        "sign_in": _("Sign in"),
        "till_revoked": _("No longer a till"),
        "enter_code": _("Enter a new code"),
        "kept_for_till": forms(
            lambda n: ngettext(
                "{n} action is kept on this device and will be sent when it is a till of this store again.",
                "{n} actions are kept on this device and will be sent when it is a till of this store again.",
                n,
            )
        ),
        "kept_here": forms(
            lambda n: ngettext(
                "{n} action is kept on this device and will be sent after signing in.",
                "{n} actions are kept on this device and will be sent after signing in.",
                n,
            )
        ),
    }


def network() -> Texts:
    """Of the network, and what waits for it or was refused."""
    return {
        "online": _("Online"),
        "offline": _("Offline"),
        "offline_waiting": forms(lambda n: ngettext("Offline · {n} waiting", "Offline · {n} waiting", n)),
        "sending": forms(lambda n: ngettext("Sending {n}", "Sending {n}", n)),
        "refused_count": forms(lambda n: ngettext("{n} not accepted", "{n} not accepted", n)),
        "waiting": _("waiting"),
        "online_explained": _("The network is there."),
        "offline_explained": _(
            "No network. Stamps and points are kept on this device and sent when it is back."
        ),
        "offline_earlier": _(
            "Without a network the code of an earlier card works only if it was read here in the last days. The card "
            "number works as well."
        ),
        "offline_search": _("Without a network only a code or a card number can be used."),
        "offline_unkept": _("This device keeps nothing just now: nothing can be done without a network."),
        "waiting_elsewhere": forms(
            lambda n: ngettext(
                "{n} action of another sign-in or store waits on this device. It is sent when they are back.",
                "{n} actions of another sign-in or store wait on this device. They are sent when they are back.",
                n,
            )
        ),
        "seen": _("Seen"),
        "mend": _("Book it after all"),
        "be_exact": _("Several cards fit: use the number, or scan the code."),
        "do_not_send": _("Do not send"),
        "saved": _("Saved on this device. It will be sent when the network is back."),
        "no_answer": _("No answer yet"),
        "no_answer_detail": _("The network is slow or away. Trying again and again. Hand nothing out yet."),
        "try_again": _("Try again"),
        "call_off": _("Call it off"),
        "withdrawn": _("Called off. If it had arrived after all, it will be undone."),
        "undone_later": _(
            "Undone. If it had arrived already, that will be undone as soon as the network is back."
        ),
    }


def checks() -> Texts:
    """What the set-up check says, by part and state."""
    trying = _("Trying …")
    return {
        "check_network_open": trying,
        "check_network_good": _("The server answers quickly."),
        "check_network_poor": _("The server answers slowly: is the Wi-Fi weak here?"),
        "check_network_bad": _("The server does not answer."),
        "check_storage_open": trying,
        "check_storage_good": _("What waits for the network is safe here."),
        "check_storage_poor": _("It works. The browser may tidy up after weeks without use."),
        "check_storage_bad": _("Nothing can be kept: leave the private mode, or make room on the device."),
        "check_camera_open": trying,
        "check_camera_good": _("It is on and reads codes."),
        "check_camera_poor": _("There is none, or it is not allowed. A handheld scanner works without."),
        "check_camera_bad": _("It is on, but this browser cannot read codes with it."),
        "check_scanner_open": _("Scan any code now, if you have one."),
        "check_scanner_good": _("It works."),
        "check_sound_open": _("Do you hear the sound?"),
        "check_sound_good": _("It works."),
        "check_sound_bad": _("Turn the volume up, and silent mode off."),
    }
