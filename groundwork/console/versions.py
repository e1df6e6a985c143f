"""A version on every form: whoever saves a page that somebody else has saved meanwhile is told, and loses nothing.

A form carries a digest of each value that it showed. When it comes back and a row holds something else, nothing is
saved: what the sender left alone stands there as it is now, what both have changed is said beside the field, and the
next "Save" knows what it overwrites.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.base import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.utils.formats import localize
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

AS_SHOWN = "as_shown"
LONGEST_VALUE = 300
LONGEST_VERSION = 64_000


class AsShown(forms.CharField):
    """Carries the digests there and back; it changes nothing itself."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


def versioned(form: Any) -> Any:
    """The same form, with a version."""
    return type(form.__name__, (Versioned, form), {})


class Versioned(forms.ModelForm):
    """A form of a known row that looks, before it is saved, whether the row is what was shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            kept = [name for name in self.fields if name in self.initial]
            self._now = {name: _digest(self._value_now(name)) for name in kept}
            self.fields[AS_SHOWN] = AsShown(initial=json.dumps(self._now, separators=(",", ":")))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        sent = self.cleaned_data.pop(AS_SHOWN, "")
        if sent:
            self._compare(_shown(sent))
        return cleaned

    def _value_now(self, name: str) -> Any:
        return self.get_initial_for_field(self.fields[name], name)

    def _compare(self, shown: dict[str, Any]) -> None:
        moved = [name for name, digest in self._now.items() if shown.get(name) != digest]
        sent = {name: self._digest_sent(name) for name in moved}
        differing = [name for name in moved if sent[name] != self._now[name]]
        if not differing:
            return  # the same was saved meanwhile
        self.add_error(
            None,
            _(
                "Somebody else saved this while you had it open, so nothing of yours is saved yet. Look at what is "
                "said beside the fields and save again."
            ),
        )
        for name in differing:
            is_left_alone = sent[name] == shown.get(name)
            self._tell(name, is_left_alone=is_left_alone)
            if is_left_alone:
                _show_as_it_is(self.fields[name])
        _show_as_it_is(self.fields[AS_SHOWN])

    def _digest_sent(self, name: str) -> str | None:
        return _digest(self.cleaned_data[name]) if name in self.cleaned_data else None

    def _tell(self, name: str, *, is_left_alone: bool) -> None:
        value = _in_words(self.fields[name], self._value_now(name))
        if is_left_alone:
            text = gettext("Somebody else has changed this to “%(value)s”; that is what stands here now.")
        else:
            text = gettext(
                "Somebody else has changed this to “%(value)s”. Saving again keeps what you entered."
            )
        self.add_error(name, text % {"value": value})


def _show_as_it_is(field: forms.Field) -> None:
    """Draw the row's own value although the form was sent."""
    field.bound_data = _present  # type: ignore[method-assign, assignment]  # a form's fields are its own


def _present(sent: Any, initial: Any) -> Any:
    return initial


def _shown(sent: str) -> dict[str, Any]:
    """The digests that came back; what is not a version is that of a page that showed nothing."""
    if len(sent) > LONGEST_VERSION:
        return {}
    try:
        shown = json.loads(sent)
    except (ValueError, RecursionError):
        return {}
    return shown if isinstance(shown, dict) else {}


def _digest(value: Any) -> str:
    text = json.dumps(_plain(value), sort_keys=True, cls=DjangoJSONEncoder, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


PLAIN: list[tuple[Any, Callable[[Any], Any]]] = [
    (bool, lambda value: value),
    (Model, lambda row: str(row.pk)),
    (QuerySet, lambda rows: sorted(str(row.pk) for row in rows)),
    (File, lambda file: file.name or ""),
    (datetime, lambda moment: moment.astimezone(UTC).replace(microsecond=0).isoformat()),
    (Decimal, lambda number: str(number.normalize())),
    ((list, tuple, set), lambda values: sorted(str(_plain(value)) for value in values)),
    (dict, lambda value: value),
]


def _plain(value: Any) -> Any:
    """One way of writing for what a row holds and what a form makes of the same."""
    if value is None or value is False:
        return ""
    for kind, written in PLAIN:
        if isinstance(value, kind):
            return written(value)
    return str(value).replace("\r\n", "\n").strip()


def _in_words(field: forms.Field, value: Any) -> str:
    """A value as the form's readers know it."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(str(row) for row in value or ())
    if isinstance(field, forms.ModelChoiceField):
        value = field.queryset.filter(pk=value).first() if value and field.queryset is not None else None
    elif isinstance(field, forms.BooleanField):
        return gettext("Yes") if value else gettext("No")
    elif isinstance(field, forms.ChoiceField):
        named = {str(key): label for key, label in field.choices}  # type: ignore[union-attr]  # pairs, once made
        values = value if isinstance(value, list) else [value]
        return ", ".join(str(named.get(str(one), one)) for one in values if one not in (None, ""))
    if isinstance(value, datetime) and is_aware(value):
        value = localtime(value)
    text = "" if value is None else str(localize(value))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
