"""E-mails in the console: the texts, and the log of what went out."""

from notifications.console.log import EmailLogAdmin
from notifications.console.template import EmailTemplateAdmin

__all__ = ["EmailLogAdmin", "EmailTemplateAdmin"]
