"""{{ _("Key")|label }}: a name before what it names."""

from django import template

from groundwork.formats.labels import label

register = template.Library()
register.filter("label", label)
