"""E-mails in the console: the texts, and the log of what went out."""

from notifications.admin.log import EmailLogAdmin
from notifications.admin.template import EmailTemplateAdmin

__all__ = ["EmailLogAdmin", "EmailTemplateAdmin"]
