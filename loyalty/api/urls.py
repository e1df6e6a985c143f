"""Every address of the API, below /api/v1/."""

from django.urls import URLPattern, path

from loyalty.api import reference
from loyalty.api.back_office import programs, promotions, rows
from loyalty.api.public import enrollment
from loyalty.api.public import programs as public
from loyalty.api.till import balances, cards, codes, pins, purchases, stores, transactions

STORE = "stores/<str:store_code>/"
PROMOTIONS = "admin/programs/<int:row_id>/promotions/"
PROMOTION = f"{PROMOTIONS}<int:promotion_id>/"
CARD = f"{STORE}cards/<int:card_id>/"
ROWS = {
    "merchants": rows.MERCHANTS,
    "stores": rows.STORES,
    "users": rows.USERS,
    "customers": rows.CUSTOMERS,
    "cards": rows.CARDS,
}


def rows_paths(noun: str, kind: rows.Kind) -> list[URLPattern]:
    """List, delete and restore a kind of row."""
    return [
        path(f"admin/{noun}/", rows.list_view(kind).as_view(), name=f"api-admin-{noun}"),
        path(f"admin/{noun}/<int:row_id>/", rows.delete_view(kind).as_view(), name=f"api-admin-{noun}-one"),
        path(
            f"admin/{noun}/<int:row_id>/restore/",
            rows.restore_view(kind).as_view(),
            name=f"api-admin-{noun}-restore",
        ),
    ]


till = [
    path("stores/", stores.Stores.as_view(), name="api-stores"),
    path(STORE, stores.Store.as_view(), name="api-store"),
    path(f"{STORE}program/", stores.Program.as_view(), name="api-program"),
    path(f"{STORE}staff/", stores.Staff.as_view(), name="api-staff"),
    path(f"{STORE}staff/<int:pin_id>/unlock/", stores.UnlockTerminal.as_view(), name="api-unlock"),
    path(f"{STORE}stats/", stores.Statistics.as_view(), name="api-stats"),
    path(f"{STORE}cards/", cards.Cards.as_view(), name="api-cards"),
    path(f"{STORE}cards/lookup/", cards.CardLookup.as_view(), name="api-card-lookup"),
    path(CARD, cards.Card.as_view(), name="api-card"),
    path(f"{CARD}transactions/", cards.CardTransactions.as_view(), name="api-card-transactions"),
    path(f"{CARD}codes/", codes.CardCodes.as_view(), name="api-card-codes"),
    path(f"{CARD}codes/<int:code_id>/", codes.OneCardCode.as_view(), name="api-card-code"),
    path(f"{CARD}stamps/", balances.Stamps.as_view(), name="api-stamps"),
    path(f"{CARD}stamps/redeem/", balances.RedeemStamps.as_view(), name="api-stamps-redeem"),
    path(f"{CARD}points/", balances.Points.as_view(), name="api-points"),
    path(f"{CARD}points/redeem/", balances.RedeemPoints.as_view(), name="api-points-redeem"),
    path(f"{CARD}points/adjust/", balances.AdjustPoints.as_view(), name="api-points-adjust"),
    path(f"{CARD}forgive/", balances.ForgiveDebt.as_view(), name="api-card-forgive"),
    path(f"{CARD}purchases/", purchases.RecordPurchase.as_view(), name="api-card-purchases"),
    path(f"{CARD}purchases/quote/", purchases.QuotePurchase.as_view(), name="api-card-quote"),
    path(f"{STORE}purchases/", purchases.Purchases.as_view(), name="api-purchases"),
    path(f"{STORE}purchases/<int:purchase_id>/", purchases.OnePurchase.as_view(), name="api-purchase"),
    path(
        f"{STORE}purchases/<int:purchase_id>/return/",
        purchases.ReturnPurchase.as_view(),
        name="api-purchase-return",
    ),
    path(
        f"{STORE}purchases/<int:purchase_id>/return/quote/",
        purchases.QuoteReturn.as_view(),
        name="api-purchase-return-quote",
    ),
    path(f"{CARD}deactivate/", cards.DeactivateCard.as_view(), name="api-card-deactivate"),
    path(f"{CARD}reactivate/", cards.ReactivateCard.as_view(), name="api-card-reactivate"),
    path(f"{CARD}replace/", cards.ReplaceCard.as_view(), name="api-card-replace"),
    path(f"{CARD}merge/", cards.MergeCards.as_view(), name="api-card-merge"),
    path(f"{STORE}transactions/", transactions.Transactions.as_view(), name="api-transactions"),
    path(
        f"{STORE}transactions/<int:transaction_id>/void/",
        transactions.VoidTransaction.as_view(),
        name="api-void",
    ),
    path(f"{STORE}pins/", pins.StaffPins.as_view(), name="api-pins"),
    path(f"{STORE}pins/<int:pin_id>/", pins.OneStaffPin.as_view(), name="api-pin"),
    path(f"{STORE}pins/<int:pin_id>/unlock/", pins.UnlockStaffPin.as_view(), name="api-pin-unlock"),
]

back_office = [
    path("admin/programs/", programs.Programs.as_view(), name="api-admin-programs"),
    path("admin/programs/<int:row_id>/", programs.OneProgram.as_view(), name="api-admin-program"),
    path(
        "admin/programs/<int:row_id>/activate/",
        programs.ActivateProgram.as_view(),
        name="api-admin-program-activate",
    ),
    path(
        "admin/programs/<int:row_id>/deactivate/",
        programs.DeactivateProgram.as_view(),
        name="api-admin-program-deactivate",
    ),
    path(
        "admin/programs/<int:row_id>/stats/",
        programs.ProgramStatistics.as_view(),
        name="api-admin-program-stats",
    ),
    path(
        "admin/programs/<int:row_id>/restore/",
        rows.restore_view(rows.PROGRAMS).as_view(),
        name="api-admin-program-restore",
    ),
    path(PROMOTIONS, promotions.Promotions.as_view(), name="api-admin-promotions"),
    path(PROMOTION, promotions.OnePromotion.as_view(), name="api-admin-promotion"),
    path(f"{PROMOTION}plan/", promotions.PlanPromotion.as_view(), name="api-admin-promotion-plan"),
    path(f"{PROMOTION}stop/", promotions.StopPromotion.as_view(), name="api-admin-promotion-stop"),
    path(f"{PROMOTION}copy/", promotions.CopyPromotion.as_view(), name="api-admin-promotion-copy"),
    *[address for noun, kind in ROWS.items() for address in rows_paths(noun, kind)],
]

anybody = [
    path(
        "public/stores/<str:store_code>/program/", public.PublicProgram.as_view(), name="api-public-program"
    ),
    path(
        "public/stores/<str:store_code>/enroll/",
        enrollment.PublicEnrollment.as_view(),
        name="api-public-enroll",
    ),
    path("schema/", reference.Schema.as_view(), name="api-schema"),
    path("docs/", reference.Reference.as_view(), name="api-docs"),
]

urlpatterns = [*till, *back_office, *anybody]
