"""The words of an e-mail are kept in every language."""

from modeltranslation.translator import TranslationOptions, register

from notifications.models import EmailTemplate


@register(EmailTemplate)
class EmailTemplateTranslation(TranslationOptions):
    fields = ("subject", "body")
