"""What customers refuses."""

from django.utils.translation import gettext_lazy as _

from groundwork.errors import Invalid


class EmailTaken(Invalid):
    """An e-mail address is another living customer's of the merchant."""

    sentence = _("There is a customer with this e-mail already.")

    def __init__(self) -> None:
        super().__init__(errors=[{"field": "email", "code": "unique", "message": str(self.sentence)}])


class PhoneTaken(Invalid):
    """A telephone number is another living customer's of the merchant."""

    sentence = _("There is a customer with this phone number already.")

    def __init__(self) -> None:
        super().__init__(errors=[{"field": "phone", "code": "unique", "message": str(self.sentence)}])
