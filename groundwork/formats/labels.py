"""A name before what it names."""

from django.utils.translation import gettext


def label(name: str) -> str:
    """A name and its colon, as the language of the page sets it: French has a space before it."""
    return gettext("%(name)s:") % {"name": name}
