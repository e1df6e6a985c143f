"""A package that registers pages of its own with Django's admin adds nothing to the console."""

from django.contrib import admin

from groundwork.console.base import GrantedAdmin


def test_every_page_of_the_console_is_made_on_its_own_base() -> None:
    foreign = [model for model, page in admin.site._registry.items() if not isinstance(page, GrantedAdmin)]
    assert foreign == []
