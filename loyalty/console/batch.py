"""Batches of printed cards: made, downloaded for the printer, revoked when a box of them is lost."""

import io
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from groundwork.console.export import asked
from groundwork.console.grants import Grants
from groundwork.errors import NoLongerAllowed
from groundwork.jobs import service as jobs
from groundwork.jobs.models import AbstractBackgroundJob, JobKind
from groundwork.jobs.progress import Progress
from loyalty.errors import ProgramNotFound
from loyalty.models import CardBatch, LoyaltyProgram, PrintedCard
from loyalty.outputs import printed as shown
from loyalty.services import printed
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.console.revoking import Revocable, revoking
from tenancy.roles import MANAGERS

ABOUT = CardBatch._meta.label_lower
DRAWN_AT_ONCE = 50  # half a second of a request


class BatchForm(ConsoleForm):
    class Meta:
        model = CardBatch
        fields = ["name", "store", "count", "design"]
        # Of zero, of less and of too many alike: the field's own words name numbers of the database.
        error_messages: ClassVar = {"count": dict.fromkeys(("min_value", "max_value"), printed.NOT_SO_MANY)}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        store = self.cleaned_data.get("store")
        if store and not LoyaltyProgram.objects.filter(merchant_id=store.merchant_id).exists():
            self.add_error("store", str(ProgramNotFound.message))
        return cleaned


@admin.register(CardBatch)
class CardBatchAdmin(Revocable, ConsoleAdmin):
    """Cards that are printed before anybody has them; the files hold what opens them."""

    grants = Grants(view=MANAGERS, add=MANAGERS, act=MANAGERS)
    revoked_with = "act"
    menu_icon = "style"
    form = BatchForm
    empty_help = _(
        "Cards from a printer, for customers who would rather carry one: each comes alive when a till scans it for "
        "the first time."
    )
    list_display = ["name", "store", "merchant", "count", "alive", "created_at", "revoked_at"]
    list_filter = ["store"]
    list_select_related = ["store", "merchant"]
    search_fields = ["name", "store__name"]
    actions_detail = ("print_pdf", "number_list", "revoke")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(alive=Count("cards__card"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        trace = ["alive", "created_by", "created_at", "revoked_at"]
        return [(None, {"fields": ["name", "store", "count", "design", *(trace if obj else [])]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "alive"]

    @display(description=_("scanned"))
    def alive(self, row: CardBatch) -> int:
        return row.alive  # type: ignore[attr-defined]  # as `get_queryset` counts it

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made = printed.make(
            store=obj.store,
            actor=actor_for(request, obj.store.merchant_id),
            name=obj.name,
            count=obj.count,
            design=obj.design,
        )
        obj.__dict__.update(made.__dict__)

    # --- the files ---

    def has_print_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.revoked_at is None and self.may(request, "act", row)

    @action(description=_("PDF for the printer"), permissions=["print"], icon="print")
    def print_pdf(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Of many cards it is drawn in the background."""
        batch = self.row(request, object_id)
        cards, name = _printable(batch), f"cards-{batch.pk}.pdf"
        if not cards.exists():
            messages.info(request, _("All cards of this batch are in use: there is nothing left to print."))
            return redirect(
                f"admin:{CardBatch._meta.app_label}_{CardBatch._meta.model_name}_change", batch.pk
            )
        if cards.count() > DRAWN_AT_ONCE:
            return self._print_later(request, object_id, name)
        response = HttpResponse(shown.pdf(batch, cards), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return self._taken(request, batch, _("PDF for the printer"), response)

    def _print_later(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        promised: list[AbstractBackgroundJob] = []
        later = _("The file is prepared in the background; you can leave the page.")

        def promise(request: HttpRequest, batch: CardBatch, _cleaned: dict[str, Any]) -> Any:
            which = {"kind": "pdf", "batch": batch.pk}
            user: Any = request.user
            promised.append(
                jobs.ask(user=user, kind=JobKind.PRINT, about=ABOUT, parameters=which, file_name=name)
            )
            return later

        submit = _("Prepare the file")
        title = _("PDF for the printer")
        answer = self.ask(request, object_id, title=title, explanation=later, perform=promise, submit=submit)
        return HttpResponseRedirect(promised[0].page()) if promised else answer

    @action(description=_("Numbers as CSV"), permissions=["print"], icon="table")
    def number_list(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        batch = self.row(request, object_id)
        file = FileResponse(
            shown.table(_cards(batch)),
            as_attachment=True,
            filename=f"cards-{batch.pk}.csv",
            content_type="text/csv",
        )
        return self._taken(request, batch, _("Numbers as CSV"), file)

    def _taken(
        self, request: HttpRequest, batch: CardBatch, what: Any, response: HttpResponseBase
    ) -> HttpResponseBase:
        self.log_change(request, batch, what)
        return response

    # --- the end ---

    revoke = revoking(
        _("Revoke"),
        title=_("Revoke this batch"),
        explanation=_(
            "Cards that nobody has scanned will never come alive; those that are in use stay as they are. This cannot "
            "be undone."
        ),
        done=_("The batch is revoked."),
        by=lambda request, row: printed.revoke(batch=row, actor=actor_for(request, row.merchant_id)),
    )


def draw(job: AbstractBackgroundJob, progress: Progress) -> None:
    """The work of a print, for whoever asked, if they may have it still."""
    page, request = admin.site.get_model_admin(CardBatch), asked(job.user)
    batch = page.get_object(request, str(job.parameters["batch"]))
    if batch is None or not page.has_print_permission(request, batch):  # type: ignore[attr-defined]
        raise NoLongerAllowed()
    cards = _printable(batch)
    progress.begin(cards.count())
    drawn = shown.pdf(batch, cards.iterator(), counted=progress.advance)
    jobs.finish(job, outcome={}, file=io.BytesIO(drawn))


def _printable(batch: CardBatch) -> QuerySet[PrintedCard]:
    """Those that nobody has scanned: what is alive is its customer's."""
    return _cards(batch).filter(card__isnull=True)


def _cards(batch: CardBatch) -> QuerySet[PrintedCard]:
    return PrintedCard.objects.filter(batch=batch).select_related("card").order_by("pk")
