"""Every call of the API. Made of the API's description by `make clients`: never changed by hand."""

from abc import ABC, abstractmethod
from typing import Any, Literal

from loyalty_client import models


class Calls(ABC):
    """One method for each call: what its path names, its body, and by name what else it takes."""

    @abstractmethod
    def call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        is_once: bool = False,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> Any:
        """Send a call, and answer with what the API said."""

    def activate_program(
        self,
        row_id: int,
    ) -> models.Program:
        """Activate a program: `POST /api/v1/admin/programs/{row_id}/activate/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/admin/programs/{row_id}/activate/",
        )
        return answer

    def all_cards(
        self,
        *,
        include_deleted: bool | None = None,
        only_deleted: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
    ) -> models.CardRowPage:
        """Cards: `GET /api/v1/admin/cards/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/admin/cards/",
            query={"include_deleted": include_deleted, "only_deleted": only_deleted, "page": page, "page_size": page_size, "search": search},
        )
        return answer

    def all_customers(
        self,
        *,
        include_deleted: bool | None = None,
        only_deleted: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
    ) -> models.CustomerRowPage:
        """Customers: `GET /api/v1/admin/customers/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/admin/customers/",
            query={"include_deleted": include_deleted, "only_deleted": only_deleted, "page": page, "page_size": page_size, "search": search},
        )
        return answer

    def all_merchants(
        self,
        *,
        include_deleted: bool | None = None,
        only_deleted: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
    ) -> models.MerchantRowPage:
        """Merchants: `GET /api/v1/admin/merchants/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/admin/merchants/",
            query={"include_deleted": include_deleted, "only_deleted": only_deleted, "page": page, "page_size": page_size, "search": search},
        )
        return answer

    def all_stores(
        self,
        *,
        include_deleted: bool | None = None,
        only_deleted: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
    ) -> models.StoreRowPage:
        """Stores: `GET /api/v1/admin/stores/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/admin/stores/",
            query={"include_deleted": include_deleted, "only_deleted": only_deleted, "page": page, "page_size": page_size, "search": search},
        )
        return answer

    def all_users(
        self,
        *,
        include_deleted: bool | None = None,
        only_deleted: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
    ) -> models.UserRowPage:
        """Users: `GET /api/v1/admin/users/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/admin/users/",
            query={"include_deleted": include_deleted, "only_deleted": only_deleted, "page": page, "page_size": page_size, "search": search},
        )
        return answer

    def card(
        self,
        store_code: str,
        card_id: int,
        *,
        at: str | None = None,
    ) -> models.CardOrCardThen:
        """A card: `GET /api/v1/stores/{store_code}/cards/{card_id}/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/cards/{card_id}/",
            query={"at": at},
        )
        return answer

    def card_codes(
        self,
        store_code: str,
        card_id: int,
    ) -> list[models.CardCode]:
        """A card's codes: `GET /api/v1/stores/{store_code}/cards/{card_id}/codes/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/cards/{card_id}/codes/",
        )
        return answer

    def card_transactions(
        self,
        store_code: str,
        card_id: int,
        *,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.TransactionPage:
        """A card's transactions: `GET /api/v1/stores/{store_code}/cards/{card_id}/transactions/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/cards/{card_id}/transactions/",
            query={"page": page, "page_size": page_size},
        )
        return answer

    def cards(
        self,
        store_code: str,
        *,
        enrolled_here: bool | None = None,
        is_active: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
    ) -> models.CardPage:
        """Search cards: `GET /api/v1/stores/{store_code}/cards/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/cards/",
            query={"enrolled_here": enrolled_here, "is_active": is_active, "page": page, "page_size": page_size, "search": search},
        )
        return answer

    def change_endpoint(
        self,
        endpoint_id: int,
        body: models.PatchedChangedEndpointRequest,
    ) -> models.Endpoint:
        """Change a webhook endpoint: `PATCH /api/v1/webhooks/endpoints/{endpoint_id}/`."""
        answer: Any = self.call(
            "PATCH",
            f"/api/v1/webhooks/endpoints/{endpoint_id}/",
            body=body,
        )
        return answer

    def change_program(
        self,
        row_id: int,
        body: models.PatchedChangedProgramRequest,
    ) -> models.Program:
        """Change a program: `PATCH /api/v1/admin/programs/{row_id}/`."""
        answer: Any = self.call(
            "PATCH",
            f"/api/v1/admin/programs/{row_id}/",
            body=body,
        )
        return answer

    def change_promotion(
        self,
        row_id: int,
        promotion_id: int,
        body: models.PatchedChangedPromotionRequest,
    ) -> models.PromotionRow:
        """Change a promotion: `PATCH /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/`."""
        answer: Any = self.call(
            "PATCH",
            f"/api/v1/admin/programs/{row_id}/promotions/{promotion_id}/",
            body=body,
        )
        return answer

    def change_staff_pin(
        self,
        store_code: str,
        pin_id: int,
        body: models.PatchedChangedPinRequest,
    ) -> models.StaffPin:
        """Change a person: `PATCH /api/v1/stores/{store_code}/pins/{pin_id}/`."""
        answer: Any = self.call(
            "PATCH",
            f"/api/v1/stores/{store_code}/pins/{pin_id}/",
            body=body,
        )
        return answer

    def copy_promotion(
        self,
        row_id: int,
        promotion_id: int,
    ) -> models.PromotionRow:
        """Copy a promotion: `POST /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/copy/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/admin/programs/{row_id}/promotions/{promotion_id}/copy/",
        )
        return answer

    def create_adjust_point(
        self,
        store_code: str,
        card_id: int,
        body: models.AdjustPointsRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.Posted:
        """Adjust points: `POST /api/v1/stores/{store_code}/cards/{card_id}/points/adjust/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/points/adjust/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def create_card(
        self,
        store_code: str,
        body: models.StaffEnrollmentRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.Enrolled:
        """Enrol a customer: `POST /api/v1/stores/{store_code}/cards/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def create_card_code(
        self,
        store_code: str,
        card_id: int,
        body: models.CardCodeRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.CardCode:
        """Attach a code to a card: `POST /api/v1/stores/{store_code}/cards/{card_id}/codes/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/codes/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def create_endpoint(
        self,
        body: models.NewEndpointRequest,
    ) -> models.NewEndpoint:
        """Make a webhook endpoint: `POST /api/v1/webhooks/endpoints/`."""
        answer: Any = self.call(
            "POST",
            "/api/v1/webhooks/endpoints/",
            body=body,
        )
        return answer

    def create_merge_card(
        self,
        store_code: str,
        card_id: int,
        body: models.MergeCardsRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.Card:
        """Merge a card into another: `POST /api/v1/stores/{store_code}/cards/{card_id}/merge/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/merge/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def create_program(
        self,
        body: models.NewProgramRequest,
    ) -> models.Program:
        """Make a program: `POST /api/v1/admin/programs/`."""
        answer: Any = self.call(
            "POST",
            "/api/v1/admin/programs/",
            body=body,
        )
        return answer

    def create_promotion(
        self,
        row_id: int,
        body: models.NewPromotionRequest,
    ) -> models.PromotionRow:
        """Draft a promotion: `POST /api/v1/admin/programs/{row_id}/promotions/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/admin/programs/{row_id}/promotions/",
            body=body,
        )
        return answer

    def create_redeem_point(
        self,
        store_code: str,
        card_id: int,
        body: models.RedeemPointsRequest,
        *,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> models.Posted:
        """Redeem a reward: `POST /api/v1/stores/{store_code}/cards/{card_id}/points/redeem/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/points/redeem/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
            staff_token=staff_token,
        )
        return answer

    def create_redeem_stamp(
        self,
        store_code: str,
        card_id: int,
        body: models.RedeemStampsRequest,
        *,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> models.Posted:
        """Redeem a full card: `POST /api/v1/stores/{store_code}/cards/{card_id}/stamps/redeem/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/stamps/redeem/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
            staff_token=staff_token,
        )
        return answer

    def create_staff_pin(
        self,
        store_code: str,
        body: models.NewPinRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.StaffPin:
        """Add a person: `POST /api/v1/stores/{store_code}/pins/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/pins/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def deactivate_card(
        self,
        store_code: str,
        card_id: int,
        body: models.SwitchCardRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.Card:
        """Deactivate a card: `POST /api/v1/stores/{store_code}/cards/{card_id}/deactivate/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/deactivate/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def deactivate_program(
        self,
        row_id: int,
    ) -> models.Program:
        """Deactivate a program: `POST /api/v1/admin/programs/{row_id}/deactivate/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/admin/programs/{row_id}/deactivate/",
        )
        return answer

    def delete_card(
        self,
        row_id: int,
    ) -> None:
        """Delete a card: `DELETE /api/v1/admin/cards/{row_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/admin/cards/{row_id}/",
        )

    def delete_card_code(
        self,
        store_code: str,
        card_id: int,
        code_id: int,
    ) -> None:
        """Take a code off a card: `DELETE /api/v1/stores/{store_code}/cards/{card_id}/codes/{code_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/stores/{store_code}/cards/{card_id}/codes/{code_id}/",
        )

    def delete_customer(
        self,
        row_id: int,
    ) -> None:
        """Delete a customer: `DELETE /api/v1/admin/customers/{row_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/admin/customers/{row_id}/",
        )

    def delete_endpoint(
        self,
        endpoint_id: int,
    ) -> None:
        """Delete a webhook endpoint: `DELETE /api/v1/webhooks/endpoints/{endpoint_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/webhooks/endpoints/{endpoint_id}/",
        )

    def delete_merchant(
        self,
        row_id: int,
    ) -> None:
        """Delete a merchant: `DELETE /api/v1/admin/merchants/{row_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/admin/merchants/{row_id}/",
        )

    def delete_program(
        self,
        row_id: int,
    ) -> None:
        """Delete a program: `DELETE /api/v1/admin/programs/{row_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/admin/programs/{row_id}/",
        )

    def delete_staff_pin(
        self,
        store_code: str,
        pin_id: int,
    ) -> None:
        """Remove a person: `DELETE /api/v1/stores/{store_code}/pins/{pin_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/stores/{store_code}/pins/{pin_id}/",
        )

    def delete_store(
        self,
        row_id: int,
    ) -> None:
        """Delete a store: `DELETE /api/v1/admin/stores/{row_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/admin/stores/{row_id}/",
        )

    def delete_user(
        self,
        row_id: int,
    ) -> None:
        """Delete a user: `DELETE /api/v1/admin/users/{row_id}/`."""
        self.call(
            "DELETE",
            f"/api/v1/admin/users/{row_id}/",
        )

    def deliveries(
        self,
        endpoint_id: int,
        *,
        page: int | None = None,
        page_size: int | None = None,
        state: Literal['waiting', 'delivered', 'failed', 'dead'] | None = None,
    ) -> models.DeliveryPage:
        """An endpoint's deliveries: `GET /api/v1/webhooks/endpoints/{endpoint_id}/deliveries/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/webhooks/endpoints/{endpoint_id}/deliveries/",
            query={"page": page, "page_size": page_size, "state": state},
        )
        return answer

    def earn_points(
        self,
        store_code: str,
        card_id: int,
        body: models.EarnPointsRequest,
        *,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> models.Posted:
        """Give points for a purchase: `POST /api/v1/stores/{store_code}/cards/{card_id}/points/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/points/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
            staff_token=staff_token,
        )
        return answer

    def endpoint(
        self,
        endpoint_id: int,
    ) -> models.Endpoint:
        """A webhook endpoint: `GET /api/v1/webhooks/endpoints/{endpoint_id}/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/webhooks/endpoints/{endpoint_id}/",
        )
        return answer

    def endpoints(
        self,
        *,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.EndpointPage:
        """Webhook endpoints: `GET /api/v1/webhooks/endpoints/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/webhooks/endpoints/",
            query={"page": page, "page_size": page_size},
        )
        return answer

    def enroll(
        self,
        store_code: str,
        body: models.SelfEnrollmentRequest,
    ) -> models.KnownAlready | models.SelfEnrolled:
        """Get a card: `POST /api/v1/public/stores/{store_code}/enroll/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/public/stores/{store_code}/enroll/",
            body=body,
        )
        return answer

    def events(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        merchant: str | None = None,
        types: str | None = None,
    ) -> models.Feed:
        """Events: `GET /api/v1/events/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/events/",
            query={"after": after, "limit": limit, "merchant": merchant, "types": types},
        )
        return answer

    def find_card(
        self,
        store_code: str,
        *,
        q: str | None = None,
    ) -> models.Card:
        """Look a card up: `GET /api/v1/stores/{store_code}/cards/lookup/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/cards/lookup/",
            query={"q": q},
        )
        return answer

    def forgive_debt(
        self,
        store_code: str,
        card_id: int,
        body: models.ForgiveDebtRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.Posted:
        """Let go what is owed: `POST /api/v1/stores/{store_code}/cards/{card_id}/forgive/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/forgive/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def give_stamps(
        self,
        store_code: str,
        card_id: int,
        body: models.GiveStampsRequest,
        *,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> models.Stamped:
        """Give stamps: `POST /api/v1/stores/{store_code}/cards/{card_id}/stamps/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/stamps/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
            staff_token=staff_token,
        )
        return answer

    def plan_promotion(
        self,
        row_id: int,
        promotion_id: int,
    ) -> models.PromotionRow:
        """Plan a promotion: `POST /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/plan/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/admin/programs/{row_id}/promotions/{promotion_id}/plan/",
        )
        return answer

    def program(
        self,
        store_code: str,
    ) -> models.Program:
        """The program: `GET /api/v1/stores/{store_code}/program/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/program/",
        )
        return answer

    def program_by_id(
        self,
        row_id: int,
    ) -> models.Program:
        """A program: `GET /api/v1/admin/programs/{row_id}/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/admin/programs/{row_id}/",
        )
        return answer

    def program_statistics(
        self,
        row_id: int,
        *,
        days: int | None = None,
    ) -> models.Statistics:
        """A program's statistics: `GET /api/v1/admin/programs/{row_id}/stats/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/admin/programs/{row_id}/stats/",
            query={"days": days},
        )
        return answer

    def programs(
        self,
        *,
        include_deleted: bool | None = None,
        is_active: bool | None = None,
        merchant: str | None = None,
        only_deleted: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
    ) -> models.ProgramRowPage:
        """Programs: `GET /api/v1/admin/programs/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/admin/programs/",
            query={"include_deleted": include_deleted, "is_active": is_active, "merchant": merchant, "only_deleted": only_deleted, "page": page, "page_size": page_size, "search": search},
        )
        return answer

    def promotion(
        self,
        row_id: int,
        promotion_id: int,
    ) -> models.PromotionRow:
        """A promotion: `GET /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/admin/programs/{row_id}/promotions/{promotion_id}/",
        )
        return answer

    def promotions(
        self,
        row_id: int,
        *,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PromotionRowPage:
        """A program's promotions: `GET /api/v1/admin/programs/{row_id}/promotions/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/admin/programs/{row_id}/promotions/",
            query={"page": page, "page_size": page_size},
        )
        return answer

    def public_program(
        self,
        store_code: str,
    ) -> models.PublicProgram:
        """A store's program: `GET /api/v1/public/stores/{store_code}/program/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/public/stores/{store_code}/program/",
        )
        return answer

    def purchase(
        self,
        store_code: str,
        purchase_id: int,
    ) -> models.PurchaseWithReturns:
        """A purchase with its returns: `GET /api/v1/stores/{store_code}/purchases/{purchase_id}/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/purchases/{purchase_id}/",
        )
        return answer

    def purchases(
        self,
        store_code: str,
        *,
        card: int | None = None,
        order_reference: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PurchasePage:
        """Find purchases: `GET /api/v1/stores/{store_code}/purchases/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/purchases/",
            query={"card": card, "order_reference": order_reference, "page": page, "page_size": page_size},
        )
        return answer

    def quote_purchase(
        self,
        store_code: str,
        card_id: int,
        body: models.PurchaseRequest,
    ) -> models.Quote:
        """Ask what a purchase would give: `POST /api/v1/stores/{store_code}/cards/{card_id}/purchases/quote/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/purchases/quote/",
            body=body,
        )
        return answer

    def quote_return(
        self,
        store_code: str,
        purchase_id: int,
        body: models.ReturnQuoteRequest,
    ) -> models.ReturnQuote:
        """Ask what a return would take back: `POST /api/v1/stores/{store_code}/purchases/{purchase_id}/return/quote/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/purchases/{purchase_id}/return/quote/",
            body=body,
        )
        return answer

    def reactivate_card(
        self,
        store_code: str,
        card_id: int,
        body: models.SwitchCardRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.Card:
        """Reactivate a card: `POST /api/v1/stores/{store_code}/cards/{card_id}/reactivate/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/reactivate/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def record_purchase(
        self,
        store_code: str,
        card_id: int,
        body: models.PurchaseRequest,
        *,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> models.PurchaseRecorded:
        """Record a purchase: `POST /api/v1/stores/{store_code}/cards/{card_id}/purchases/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/purchases/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
            staff_token=staff_token,
        )
        return answer

    def replace_card(
        self,
        store_code: str,
        card_id: int,
        body: models.ReplaceCardRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.Card:
        """Replace a card: `POST /api/v1/stores/{store_code}/cards/{card_id}/replace/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/cards/{card_id}/replace/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def replay_events(
        self,
        endpoint_id: int,
        body: models.ReplayRequest,
    ) -> models.Replayed:
        """Send events again: `POST /api/v1/webhooks/endpoints/{endpoint_id}/replay/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/webhooks/endpoints/{endpoint_id}/replay/",
            body=body,
        )
        return answer

    def resend_delivery(
        self,
        delivery_id: int,
    ) -> models.Delivery:
        """Send a delivery again: `POST /api/v1/webhooks/deliveries/{delivery_id}/resend/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/webhooks/deliveries/{delivery_id}/resend/",
        )
        return answer

    def restore_card(
        self,
        row_id: int,
    ) -> models.RestoredCardRow:
        """Restore a card: `PUT /api/v1/admin/cards/{row_id}/restore/`."""
        answer: Any = self.call(
            "PUT",
            f"/api/v1/admin/cards/{row_id}/restore/",
        )
        return answer

    def restore_customer(
        self,
        row_id: int,
    ) -> models.RestoredCustomerRow:
        """Restore a customer: `PUT /api/v1/admin/customers/{row_id}/restore/`."""
        answer: Any = self.call(
            "PUT",
            f"/api/v1/admin/customers/{row_id}/restore/",
        )
        return answer

    def restore_merchant(
        self,
        row_id: int,
    ) -> models.RestoredMerchantRow:
        """Restore a merchant: `PUT /api/v1/admin/merchants/{row_id}/restore/`."""
        answer: Any = self.call(
            "PUT",
            f"/api/v1/admin/merchants/{row_id}/restore/",
        )
        return answer

    def restore_program(
        self,
        row_id: int,
    ) -> models.RestoredProgramRow:
        """Restore a program: `PUT /api/v1/admin/programs/{row_id}/restore/`."""
        answer: Any = self.call(
            "PUT",
            f"/api/v1/admin/programs/{row_id}/restore/",
        )
        return answer

    def restore_store(
        self,
        row_id: int,
    ) -> models.RestoredStoreRow:
        """Restore a store: `PUT /api/v1/admin/stores/{row_id}/restore/`."""
        answer: Any = self.call(
            "PUT",
            f"/api/v1/admin/stores/{row_id}/restore/",
        )
        return answer

    def restore_user(
        self,
        row_id: int,
    ) -> models.RestoredUserRow:
        """Restore a user: `PUT /api/v1/admin/users/{row_id}/restore/`."""
        answer: Any = self.call(
            "PUT",
            f"/api/v1/admin/users/{row_id}/restore/",
        )
        return answer

    def return_purchase(
        self,
        store_code: str,
        purchase_id: int,
        body: models.ReturnRequest,
        *,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> models.PurchaseReturned:
        """Return something of a purchase: `POST /api/v1/stores/{store_code}/purchases/{purchase_id}/return/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/purchases/{purchase_id}/return/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
            staff_token=staff_token,
        )
        return answer

    def rotate_secret(
        self,
        endpoint_id: int,
    ) -> models.Secret:
        """Change an endpoint's secret: `POST /api/v1/webhooks/endpoints/{endpoint_id}/rotate-secret/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/webhooks/endpoints/{endpoint_id}/rotate-secret/",
        )
        return answer

    def send_test_event(
        self,
        endpoint_id: int,
    ) -> models.Delivery:
        """Send a test event: `POST /api/v1/webhooks/endpoints/{endpoint_id}/test/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/webhooks/endpoints/{endpoint_id}/test/",
        )
        return answer

    def staff(
        self,
        store_code: str,
    ) -> list[models.StaffName]:
        """Who is on the chooser: `GET /api/v1/stores/{store_code}/staff/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/staff/",
        )
        return answer

    def staff_pin(
        self,
        store_code: str,
        pin_id: int,
    ) -> models.StaffPin:
        """A staff PIN: `GET /api/v1/stores/{store_code}/pins/{pin_id}/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/pins/{pin_id}/",
        )
        return answer

    def staff_pins(
        self,
        store_code: str,
        *,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.StaffPinPage:
        """Staff PINs: `GET /api/v1/stores/{store_code}/pins/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/pins/",
            query={"page": page, "page_size": page_size},
        )
        return answer

    def statistics(
        self,
        store_code: str,
        *,
        days: int | None = None,
    ) -> models.StoreStatistics:
        """Statistics: `GET /api/v1/stores/{store_code}/stats/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/stats/",
            query={"days": days},
        )
        return answer

    def stop_promotion(
        self,
        row_id: int,
        promotion_id: int,
    ) -> models.PromotionRow:
        """Stop a promotion: `POST /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/stop/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/admin/programs/{row_id}/promotions/{promotion_id}/stop/",
        )
        return answer

    def store(
        self,
        store_code: str,
    ) -> models.Store:
        """A store: `GET /api/v1/stores/{store_code}/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/",
        )
        return answer

    def stores(
        self,
        *,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.StorePage:
        """My stores: `GET /api/v1/stores/`."""
        answer: Any = self.call(
            "GET",
            "/api/v1/stores/",
            query={"page": page, "page_size": page_size},
        )
        return answer

    def transactions(
        self,
        store_code: str,
        *,
        card: int | None = None,
        page: int | None = None,
        page_size: int | None = None,
        since: str | None = None,
        type: Literal['card_created', 'welcome_bonus', 'stamp_earned', 'stamp_redeemed', 'stamp_voided', 'stamps_returned', 'points_earned', 'points_redeemed', 'points_voided', 'points_returned', 'points_adjustment', 'points_expired', 'card_deactivated', 'card_reactivated', 'card_replaced', 'merge_in', 'merge_out', 'opening_balance', 'debt_forgiven', 'expiry_adjusted', 'forgiveness_adjusted', 'friend_bonus'] | None = None,
    ) -> models.TransactionPage:
        """The store's ledger: `GET /api/v1/stores/{store_code}/transactions/`."""
        answer: Any = self.call(
            "GET",
            f"/api/v1/stores/{store_code}/transactions/",
            query={"card": card, "page": page, "page_size": page_size, "since": since, "type": type},
        )
        return answer

    def unlock_staff_pin(
        self,
        store_code: str,
        pin_id: int,
        *,
        idempotency_key: str | None = None,
    ) -> models.StaffPin:
        """End a lock-out: `POST /api/v1/stores/{store_code}/pins/{pin_id}/unlock/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/pins/{pin_id}/unlock/",
            is_once=True,
            idempotency_key=idempotency_key,
        )
        return answer

    def unlock_terminal(
        self,
        store_code: str,
        pin_id: int,
        body: models.TypedPinRequest,
    ) -> models.UnlockedTerminal:
        """Type a PIN: `POST /api/v1/stores/{store_code}/staff/{pin_id}/unlock/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/staff/{pin_id}/unlock/",
            body=body,
        )
        return answer

    def void_transaction(
        self,
        store_code: str,
        transaction_id: int,
        body: models.VoidTransactionRequest,
        *,
        idempotency_key: str | None = None,
        staff_token: str | None = None,
    ) -> models.Voided:
        """Undo a transaction: `POST /api/v1/stores/{store_code}/transactions/{transaction_id}/void/`."""
        answer: Any = self.call(
            "POST",
            f"/api/v1/stores/{store_code}/transactions/{transaction_id}/void/",
            body=body,
            is_once=True,
            idempotency_key=idempotency_key,
            staff_token=staff_token,
        )
        return answer
