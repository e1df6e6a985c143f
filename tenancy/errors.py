"""The refusals of this app: a role that is missing, a store that is not there, an invitation that has ended."""

from django.utils.translation import gettext_lazy as _

from groundwork.errors import DomainError, NotAuthenticated, RateLimited


class OperatorRequired(DomainError):
    code = "operator_required"
    status = 403
    message = _("Only an operator of the platform can do this.")


class OwnerRequired(DomainError):
    code = "owner_required"
    status = 403
    message = _("Only the owner can do this.")


class ManagerRequired(DomainError):
    code = "manager_required"
    status = 403
    message = _("Only a manager can do this.")


class LinkSpent(DomainError):
    code = "link_spent"
    status = 410
    message = _("This link has been used already, or is too old. Please ask for a new one.")


class StoreNotFound(DomainError):
    code = "store_not_found"
    status = 404
    message = _("This store was not found.")


class LastOwner(DomainError):
    code = "last_owner"
    status = 409
    message = _("A merchant needs an owner. Invite another one first.")


class CurrencyInUse(DomainError):
    code = "currency_in_use"
    status = 409
    message = _("The currency stays: something was bought already, and its amount would mean something else.")


class InvitationEnded(DomainError):
    """Used, taken back, too old, or never there: told apart for nobody."""

    code = "invitation_ended"
    status = 404
    message = _("This invitation is not valid any more.")


class InvitationForAnother(DomainError):
    code = "invitation_for_another"
    status = 403
    message = _("This invitation is for somebody else.")


class AccountExists(DomainError):
    """Told to nobody but the holder of a link that was sent to this very address."""

    code = "account_exists"
    status = 409
    message = _("You have an account already. Please sign in with it.")


class ScopeMissing(DomainError):
    """An API key was not made for this call; `scope` is what it lacks."""

    code = "scope_missing"
    status = 403
    message = _("This API key lacks the scope that the call needs.")
    example = {"scope": "earn"}

    @classmethod
    def of(cls, *among: str) -> "ScopeMissing":
        """The refusal for want of one of these scopes; its sentence names the first."""
        (scope, *_others) = among
        return cls(_("This API key lacks the scope “%(scope)s”.") % {"scope": scope}, scope=scope)


class TillRevoked(NotAuthenticated):
    code = "till_revoked"
    message = _("This device is no longer a till of the shop. A manager makes a new code in the console.")


class TillCodeWrong(DomainError):
    code = "till_code_wrong"
    status = 400
    message = _("This code is wrong, used already or over. Ask for a new one in the console.")


class TillHasDevice(DomainError):
    code = "till_has_device"
    status = 409
    message = _("This till has its device already, or is revoked.")


class TooManyInvitations(RateLimited):
    """As e-mails to strangers; `retry_after` is in whole seconds."""

    code = "too_many_invitations"
    message = _(
        "Many invitations went out in a short time. Please wait an hour; the links that were sent work."
    )
