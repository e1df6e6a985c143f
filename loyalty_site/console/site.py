"""The merchant console's site: one tenant scope per request, the menu of each role, its names and its looks.

Every request is answered, and its template rendered, inside the scope of the signed-in user; an admin class that
forgot to narrow its rows would still see no other merchant's.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import unquote

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import InvalidPage, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.i18n import set_language
from unfold.sites import UnfoldAdminSite

from groundwork.console.base import GrantedAdmin
from loyalty.pages.language import QUERY_PARAMETER
from loyalty_site.accounts import again, carried
from loyalty_site.console import MENU, dashboard, found_pages, links
from loyalty_site.console import step_up as step_up_pages
from loyalty_site.console.found import found as found_rows
from loyalty_site.console.sign_in import SignInForm
from tenancy import scope, second_factor
from tenancy.roles import scope_of
from tenancy.sign_in import SignInView

View = Callable[..., Any]
ALWAYS_OPEN = frozenset({"logout", "jsi18n", "password_change"})
FOUND_AT_ONCE = 100  # names of pages, by the menu's search


class Autocomplete(AutocompleteJsonView):
    """Proposes what may be chosen: living rows of this user, for the fields that a page of the console offers."""

    def process_request(self, request: HttpRequest) -> tuple[Any, ...]:
        found = super().process_request(request)
        field = found[2]
        page = self.admin_site._registry.get(field.model)  # type: ignore[union-attr]
        if page is None or field.name not in page.get_autocomplete_fields(request):
            raise PermissionDenied
        return found

    def get_queryset(self) -> QuerySet:
        page: Any = self.model_admin
        rows, may_repeat = page.get_search_results(self.request, page.choices(self.request), self.term)
        return rows.distinct() if may_repeat else rows


def _without_language(request: HttpRequest) -> HttpResponseBase:
    """The same page without `?lang=`, which lists would take for a filter; the middleware remembers the choice."""
    query = request.GET.copy()
    del query[QUERY_PARAMETER]
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}" if query else request.path)


def _scoped(view: View) -> View:
    """A view that is asked and drawn in the scope, and by the clock, of whoever is signed in."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        opened = scope_of(user) if user.is_authenticated else scope.merchants(())
        with opened, timezone.override(user.tzinfo if user.is_authenticated else None):
            response: HttpResponseBase = view(request, *args, **kwargs)
            # A template may ask the database too: it is rendered before the scope closes.
            if not getattr(response, "is_rendered", True):
                response.render()  # type: ignore[attr-defined]
            return links.only_open(request, response)

    return update_wrapper(answer, view)


class ConsoleSite(UnfoldAdminSite):
    """The one admin site. What each role may do is said by the admin classes (`tenancy.console.base`)."""

    login_form = SignInForm
    enable_nav_sidebar = True
    index_title = _("Overview")

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any
    ) -> None:
        """Takes the pages of the house alone: those that packages bring would show all rows to everybody."""
        if admin_class is not None and issubclass(admin_class, GrantedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        checked = _scoped(super().admin_view(view, cacheable))

        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if "\0" in unquote(request.META.get("QUERY_STRING", "")):
                raise SuspiciousOperation("No text of the database holds a NUL.")
            if request.method == "GET" and QUERY_PARAMETER in request.GET:
                return _without_language(request)
            return self._first(request) or checked(request, *args, **kwargs)

        return update_wrapper(answer, view)

    def _first(self, request: HttpRequest) -> HttpResponseBase | None:
        """What comes before any page that is opened, for whom the console opens."""
        match = request.resolver_match
        if match is None or match.url_name in ALWAYS_OPEN:
            return None
        if not self.has_permission(request):
            return carried.ask(request)
        if second_factor.is_missing(request.user):  # type: ignore[arg-type]
            messages.info(request, _("Before the console opens, please set up a second factor."))
            return HttpResponseRedirect(reverse("mfa_index"))
        return again.ask(request) if step_up_pages.is_due(request) else None

    def get_urls(self) -> list[URLPattern]:
        return [path("language/", set_language, name="language"), *super().get_urls()]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return Autocomplete.as_view(admin_site=self)(request)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        # Whoever is signed in already, and mistypes here, is shown their menu beside the form: within their scope.
        return _scoped(self._sign_in)(request, extra_context or {})

    def _sign_in(self, request: HttpRequest, extra_context: dict[str, Any]) -> HttpResponseBase:
        context = {**self.each_context(request), "title": _("Sign in"), "app_path": request.get_full_path()}
        page = SignInView.as_view(
            authentication_form=self.login_form,
            template_name="admin/login.html",
            extra_context={**context, **extra_context},
            next_page="admin:index",
        )
        request.current_app = self.name
        return page(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("account-password"))

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The pages whose names hold what is searched for, and the people, cards and receipts that it finds, now:
        Unfold keeps its own answer for minutes, in the language and for the role that somebody had then.

        Raises SuspiciousOperation, answered with 400, for a page that is not there.
        """
        term = found_pages.plain(request.GET.get("s", "")).strip()
        if not term:
            return HttpResponse()
        is_extended = "extended" in request.GET
        pages = [*found_pages.pages(self, request, term)]
        pages += found_pages.beside_stores(self, request, term) if is_extended else ()
        rows = found_rows(self, request, request.GET["s"]) if is_extended else ()
        settings_found = found_pages.settings(self, request, term) if is_extended else ()
        found = Paginator([*pages, *rows, *settings_found], FOUND_AT_ONCE)
        try:
            page = found.page(request.GET.get("page", 1))
        except InvalidPage as error:
            raise SuspiciousOperation(str(error)) from error
        before = (page.number - 1) * FOUND_AT_ONCE
        context = {"page_obj": found, "results": page, "page_counter": before, "execution_time": 0}
        kind = "command" if "extended" in request.GET else "search"
        template = f"unfold/helpers/{kind}_results.html"
        return TemplateResponse(request, template, context, headers={"HX-Trigger": "search"})

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        return super().index(request, {**dashboard.context(request), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return {**context, "site_title": settings.SITE_NAME, "site_header": settings.SITE_NAME}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The kinds of an app, for its own page; no other page shows Django's list of all, as each has the menu."""
        return super().get_app_list(request, app_label) if app_label else []

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The menu: groups in the order of MENU, with what works for this user."""
        index = reverse("admin:index")
        overview = {"title": _("Overview"), "icon": "space_dashboard", "link": index}
        groups = [self._group("", [self._item(overview, is_open=request.path == index)])]
        for title, labels in MENU:
            entries = [entry for label in labels if (entry := self._entry(request, label))]
            items = [self._item(it, is_open=request.path.startswith(it["link"])) for it in entries]
            if items:
                groups.append(self._group(title, items))
        return groups

    def _group(self, title: Any, items: list[dict[str, Any]]) -> dict[str, Any]:
        return {"title": title, "separator": bool(title), "collapsible": False, "items": items}

    def _entry(self, request: HttpRequest, label: str) -> dict[str, Any] | None:
        if not apps.is_installed(label.partition(".")[0]):
            return None
        try:
            model = apps.get_model(label)
        except LookupError:
            return None
        model_admin = self._registry.get(model)
        if model_admin is None or not model_admin.has_view_permission(request):
            return None
        meta = model._meta
        return {
            "title": getattr(model_admin, "menu_title", None) or capfirst(meta.verbose_name_plural),
            "icon": getattr(model_admin, "menu_icon", "folder"),
            "link": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
        }

    def _item(self, entry: dict[str, Any], *, is_open: bool) -> dict[str, Any]:
        return {**entry, "active": is_open, "has_permission": True}
