"""The field of a form for an e-mail address."""

from typing import Any

from django import forms

from groundwork.formats.email import read_email


class EmailField(forms.EmailField):
    """An address as people write and paste it, judged in the form in which it is kept."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return read_email(typed) or typed
