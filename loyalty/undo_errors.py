"""The refusals of undoing many lines together, and of taking that back."""

from django.utils.translation import gettext_lazy as _

from groundwork.errors import DomainError


class AlreadyRestored(DomainError):
    code, status = "already_restored", 409
    message = _("This undoing has been taken back already.")


class ChangedSince(DomainError):
    code, status = "changed_since", 409
    message = _("Something else has happened to it since.")


class NothingToUndo(DomainError):
    code, status = "nothing_to_undo", 409
    message = _("There is nothing to undo.")


class TooManyToUndo(DomainError):
    code, status = "too_many_to_undo", 409
    message = _("These are too many at once. Narrow the list down.")


class SeveralMerchants(DomainError):
    code, status = "several_merchants", 409
    message = _("These are of several merchants. Choose those of one.")


class NotForeseen(DomainError):
    code, status = "not_foreseen", 409
    message = _("This has to be looked at first.")
