"""Every e-mail about an account: to whom it goes, its words, and where its button leads.

A further kind is one entry of `KINDS`, and its texts. All is read when the e-mail is sent; nothing that opens an
account is kept anywhere, as a link is signed only then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from loyalty.colors import Palette
from loyalty.links import absolute, invitation_url
from notifications import markup, ports
from notifications.rendering import Letter
from tenancy import account_links, invitations
from tenancy.models import EmailChange, User

INK = "#3b3a36"  # --brand of static/base.css: the product's own colour


@dataclass(frozen=True)
class Addressed:
    """Whom an e-mail goes to, in which language, where its button leads, and what its words are filled in with."""

    email: str
    language: str
    link: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """An e-mail about an account.

    `find`: whom an id is about, None if there is nothing to say any more. `subject`, `body` and `button` are texts of
    the catalogues (the body in the marks of `notifications.markup`). `once_in`: whatever asks for it again in so many
    seconds gets no further one; 0 for one each time.
    """

    find: Callable[[int], Addressed | None]
    subject: str
    body: str
    button: str
    once_in: int = 0


def language_of(user: User) -> str:
    """A person's own language, else that of a store where they work, else English."""
    stores = (row.store.default_language for row in user.memberships())
    spoken = [user.preferred_language, *stores, settings.LANGUAGE_CODE]
    return next(code for code in spoken if code in dict(settings.LANGUAGES))


def to_person(link: Callable[[User], str]) -> Callable[[int], Addressed | None]:
    """What goes to a living person's own address; `link` makes their button's address."""

    def find(user_id: int) -> Addressed | None:
        user = User.objects.filter(pk=user_id, is_active=True).first()
        return None if user is None else Addressed(user.email, language_of(user), link(user))

    return find


def page(name: str) -> Callable[[User], str]:
    """The same page for everybody, by its name among the addresses."""
    return lambda user: absolute(reverse(name))


def reset(user: User) -> str:
    """Where a person chooses a new password."""
    return absolute(account_links.reset_path(user))


def to_try_a_pass(user_id: int) -> Addressed | None:
    """Who wants to see a pass on their own phone; nobody while no wallet is set up."""
    link = next(filter(None, (app.test_pass_url() for app in ports.links)), "")
    return to_person(lambda _user: link)(user_id) if link else None


def to_new_address(change_id: int) -> Addressed | None:
    """Who is to confirm an address; nobody where somebody else signs in with it."""
    change = EmailChange.objects.filter(pk=change_id, confirmed_at__isnull=True, user__is_active=True).first()
    if change is None or User.objects.filter(email=change.new_email).exists():
        return None
    link = absolute(account_links.email_path(change))
    return Addressed(change.new_email, language_of(change.user), link)


def to_old_address(change_id: int) -> Addressed | None:
    """Who is to hear that an account has left their address."""
    change = EmailChange.objects.filter(pk=change_id, confirmed_at__isnull=False).first()
    if change is None:
        return None
    return Addressed(change.old_email, language_of(change.user), absolute(reverse("login")))


def to_invited(invitation_id: int) -> Addressed | None:
    """Who is invited: their address, whether anybody signs in with it or not; nobody once it is over."""
    invitation = invitations.valid(invitation_id)
    if invitation is None:
        return None
    merchant, stores = invitation.merchant, invitation.living_stores()
    language = stores[0].default_language
    with override(language):
        until = date_format(invitation.expires_at.astimezone(merchant.tzinfo), "DATETIME_FORMAT")
        values = {
            "merchant": merchant.name,
            "inviter": invitation.invited_by.get_full_name() or invitation.invited_by.email,
            "role": invitation.get_role_display(),
            "stores": ", ".join(store.name for store in stores),
            "until": until,
        }
    return Addressed(invitation.email, language, invitation_url(invitation), values)


def notice(subject: str, body: str) -> Kind:
    """What has just happened to an account, told to its person, who goes on from there."""
    return Kind(find=to_person(page("account")), subject=subject, body=body, button=_("To your account"))


KINDS: dict[str, Kind] = {
    "password_reset": Kind(
        find=to_person(reset),
        subject=_("Choose a new password"),
        body=_(
            "Somebody, most likely you, has forgotten the password of your account.\n\n"
            "The button leads to a new one. It works once, and for two hours. "
            "If it was not you, there is nothing to do: the password stays as it is."
        ),
        button=_("Choose a new password"),
        once_in=60,
    ),
    "email_confirmation": Kind(
        find=to_new_address,
        subject=_("Please confirm your new e-mail address"),
        body=_(
            "You want to sign in with this e-mail address from now on.\n\n"
            "Please confirm that it is yours. Until then nothing changes. The button works for a day."
        ),
        button=_("Confirm the address"),
    ),
    "email_changed": Kind(
        find=to_old_address,
        subject=_("Your e-mail address was changed"),
        body=_(
            "Your account now has another e-mail address, and this one signs in no more.\n\n"
            "If that was not you, please tell the shop or whoever runs this site at once."
        ),
        button=_("To the sign-in page"),
    ),
    "new_device": notice(
        _("New sign-in to your account"),
        _(
            "Somebody has just signed in to your account on a device where you had not signed in before.\n\n"
            "If that was you, there is nothing to do. If it was not, change your password and end all sessions."
        ),
    ),
    "password_changed": Kind(
        find=to_person(page("login")),
        subject=_("Your password was changed"),
        body=_(
            "The password of your account has just been changed.\n\n"
            "If that was you, there is nothing to do. If it was not, choose a new password at once: "
            "“Forgotten the password?” on the sign-in page sends you a link."
        ),
        button=_("To the sign-in page"),
    ),
    "second_factor_changed": notice(
        _("Your second factor was changed"),
        _(
            "A passkey, an app or recovery codes of your account have just been added, removed or made anew.\n\n"
            "If that was you, there is nothing to do. If it was not, change your password and end all sessions."
        ),
    ),
    "second_factor_reset": notice(
        _("Your second factor was reset"),
        _(
            "Whoever runs this site has removed the second factor of your account. "
            "You sign in with your password alone.\n\n"
            "Please set up a new one. If you did not ask for this, tell them at once."
        ),
    ),
    "test_pass": Kind(
        find=to_try_a_pass,
        subject=_("A card for your wallet, to try out"),
        body=_(
            "Please open this on your phone: the button puts a sample of your customers' card into its wallet.\n\n"
            "If the phone takes it, the set-up works. The card is nobody's; delete it when you have seen it. "
            "The button works for three days."
        ),
        button=_("Put it into my wallet"),
    ),
    "webhook_switched_off": Kind(
        find=to_person(page("admin:webhooks_endpoint_changelist")),
        subject=_("A webhook was switched off"),
        body=_(
            "One of your own systems is told of what happens at your shop (a webhook). It has not answered for five "
            "days, and is told nothing any more.\n\n"
            "The button leads to the list. Switch it on again once it works: what it has missed can be sent again "
            "for 30 days."
        ),
        button=_("To the webhooks"),
    ),
    "invitation": Kind(
        find=to_invited,
        subject=_("%(merchant)s invites you"),
        body=_(
            "%(inviter)s invites you to work at %(merchant)s.\n\n"
            "Role: %(role)s\n"
            "Stores: %(stores)s\n\n"
            "The button shows what you accept. Sign in there with the account of this address, or choose a password "
            "for a new one. It works once, until %(until)s. If you do not know them, there is nothing to do."
        ),
        button=_("See the invitation"),
    ),
}


def letter(kind: Kind, to: Addressed) -> Letter:
    """An e-mail in words, in the product's own look."""
    with override(to.language):
        values = {name: markup.quote(value) for name, value in to.values.items()}
        button = f"[{gettext(kind.button)}]({markup.quote(to.link)})"
        body = f"{gettext(kind.body) % values}\n\n{button}"
        subject = " ".join((gettext(kind.subject) % to.values).split())
        context = {
            "subject": subject,
            "body": markup.plain_text(body),
            "blocks": markup.parse(body),
            "language": to.language,
            "site_name": settings.SITE_NAME,
            "colors": Palette.of(INK),
        }
        return Letter(
            subject=subject,
            text=render_to_string("email/account.txt", context).strip() + "\n",
            html=render_to_string("email/account.html", context),
            language=to.language,
        )
