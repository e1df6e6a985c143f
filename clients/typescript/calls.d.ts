// Made of the API's description by `make clients`: never changed by hand.

import type * as types from "./types.d.ts";

export declare class Calls {
  /** Activate a program: `POST /api/v1/admin/programs/{row_id}/activate/` */
  activateProgram(rowId: number): Promise<types.Program>;
  /** Cards: `GET /api/v1/admin/cards/` */
  allCards(options?: { include_deleted?: boolean; only_deleted?: boolean; page?: number; page_size?: number; search?: string }): Promise<types.CardRowPage>;
  /** Customers: `GET /api/v1/admin/customers/` */
  allCustomers(options?: { include_deleted?: boolean; only_deleted?: boolean; page?: number; page_size?: number; search?: string }): Promise<types.CustomerRowPage>;
  /** Merchants: `GET /api/v1/admin/merchants/` */
  allMerchants(options?: { include_deleted?: boolean; only_deleted?: boolean; page?: number; page_size?: number; search?: string }): Promise<types.MerchantRowPage>;
  /** Stores: `GET /api/v1/admin/stores/` */
  allStores(options?: { include_deleted?: boolean; only_deleted?: boolean; page?: number; page_size?: number; search?: string }): Promise<types.StoreRowPage>;
  /** Users: `GET /api/v1/admin/users/` */
  allUsers(options?: { include_deleted?: boolean; only_deleted?: boolean; page?: number; page_size?: number; search?: string }): Promise<types.UserRowPage>;
  /** A card: `GET /api/v1/stores/{store_code}/cards/{card_id}/` */
  card(storeCode: string, cardId: number, options?: { at?: string }): Promise<types.CardOrCardThen>;
  /** A card's codes: `GET /api/v1/stores/{store_code}/cards/{card_id}/codes/` */
  cardCodes(storeCode: string, cardId: number): Promise<types.CardCode[]>;
  /** A card's transactions: `GET /api/v1/stores/{store_code}/cards/{card_id}/transactions/` */
  cardTransactions(storeCode: string, cardId: number, options?: { page?: number; page_size?: number }): Promise<types.TransactionPage>;
  /** Search cards: `GET /api/v1/stores/{store_code}/cards/` */
  cards(storeCode: string, options?: { enrolled_here?: boolean; is_active?: boolean; page?: number; page_size?: number; search?: string }): Promise<types.CardPage>;
  /** Change a webhook endpoint: `PATCH /api/v1/webhooks/endpoints/{endpoint_id}/` */
  changeEndpoint(endpointId: number, body: types.PatchedChangedEndpointRequest): Promise<types.Endpoint>;
  /** Change a program: `PATCH /api/v1/admin/programs/{row_id}/` */
  changeProgram(rowId: number, body: types.PatchedChangedProgramRequest): Promise<types.Program>;
  /** Change a promotion: `PATCH /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/` */
  changePromotion(rowId: number, promotionId: number, body: types.PatchedChangedPromotionRequest): Promise<types.PromotionRow>;
  /** Change a person: `PATCH /api/v1/stores/{store_code}/pins/{pin_id}/` */
  changeStaffPin(storeCode: string, pinId: number, body: types.PatchedChangedPinRequest): Promise<types.StaffPin>;
  /** Copy a promotion: `POST /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/copy/` */
  copyPromotion(rowId: number, promotionId: number): Promise<types.PromotionRow>;
  /** Adjust points: `POST /api/v1/stores/{store_code}/cards/{card_id}/points/adjust/` */
  createAdjustPoint(storeCode: string, cardId: number, body: types.AdjustPointsRequest, options?: { idempotencyKey?: string }): Promise<types.Posted>;
  /** Enrol a customer: `POST /api/v1/stores/{store_code}/cards/` */
  createCard(storeCode: string, body: types.StaffEnrollmentRequest, options?: { idempotencyKey?: string }): Promise<types.Enrolled>;
  /** Attach a code to a card: `POST /api/v1/stores/{store_code}/cards/{card_id}/codes/` */
  createCardCode(storeCode: string, cardId: number, body: types.CardCodeRequest, options?: { idempotencyKey?: string }): Promise<types.CardCode>;
  /** Make a webhook endpoint: `POST /api/v1/webhooks/endpoints/` */
  createEndpoint(body: types.NewEndpointRequest): Promise<types.NewEndpoint>;
  /** Merge a card into another: `POST /api/v1/stores/{store_code}/cards/{card_id}/merge/` */
  createMergeCard(storeCode: string, cardId: number, body: types.MergeCardsRequest, options?: { idempotencyKey?: string }): Promise<types.Card>;
  /** Make a program: `POST /api/v1/admin/programs/` */
  createProgram(body: types.NewProgramRequest): Promise<types.Program>;
  /** Draft a promotion: `POST /api/v1/admin/programs/{row_id}/promotions/` */
  createPromotion(rowId: number, body: types.NewPromotionRequest): Promise<types.PromotionRow>;
  /** Redeem a reward: `POST /api/v1/stores/{store_code}/cards/{card_id}/points/redeem/` */
  createRedeemPoint(storeCode: string, cardId: number, body: types.RedeemPointsRequest, options?: { idempotencyKey?: string; staffToken?: string }): Promise<types.Posted>;
  /** Redeem a full card: `POST /api/v1/stores/{store_code}/cards/{card_id}/stamps/redeem/` */
  createRedeemStamp(storeCode: string, cardId: number, body: types.RedeemStampsRequest, options?: { idempotencyKey?: string; staffToken?: string }): Promise<types.Posted>;
  /** Add a person: `POST /api/v1/stores/{store_code}/pins/` */
  createStaffPin(storeCode: string, body: types.NewPinRequest, options?: { idempotencyKey?: string }): Promise<types.StaffPin>;
  /** Deactivate a card: `POST /api/v1/stores/{store_code}/cards/{card_id}/deactivate/` */
  deactivateCard(storeCode: string, cardId: number, body: types.SwitchCardRequest, options?: { idempotencyKey?: string }): Promise<types.Card>;
  /** Deactivate a program: `POST /api/v1/admin/programs/{row_id}/deactivate/` */
  deactivateProgram(rowId: number): Promise<types.Program>;
  /** Delete a card: `DELETE /api/v1/admin/cards/{row_id}/` */
  deleteCard(rowId: number): Promise<void>;
  /** Take a code off a card: `DELETE /api/v1/stores/{store_code}/cards/{card_id}/codes/{code_id}/` */
  deleteCardCode(storeCode: string, cardId: number, codeId: number): Promise<void>;
  /** Delete a customer: `DELETE /api/v1/admin/customers/{row_id}/` */
  deleteCustomer(rowId: number): Promise<void>;
  /** Delete a webhook endpoint: `DELETE /api/v1/webhooks/endpoints/{endpoint_id}/` */
  deleteEndpoint(endpointId: number): Promise<void>;
  /** Delete a merchant: `DELETE /api/v1/admin/merchants/{row_id}/` */
  deleteMerchant(rowId: number): Promise<void>;
  /** Delete a program: `DELETE /api/v1/admin/programs/{row_id}/` */
  deleteProgram(rowId: number): Promise<void>;
  /** Remove a person: `DELETE /api/v1/stores/{store_code}/pins/{pin_id}/` */
  deleteStaffPin(storeCode: string, pinId: number): Promise<void>;
  /** Delete a store: `DELETE /api/v1/admin/stores/{row_id}/` */
  deleteStore(rowId: number): Promise<void>;
  /** Delete a user: `DELETE /api/v1/admin/users/{row_id}/` */
  deleteUser(rowId: number): Promise<void>;
  /** An endpoint's deliveries: `GET /api/v1/webhooks/endpoints/{endpoint_id}/deliveries/` */
  deliveries(endpointId: number, options?: { page?: number; page_size?: number; state?: "waiting" | "delivered" | "failed" | "dead" }): Promise<types.DeliveryPage>;
  /** Give points for a purchase: `POST /api/v1/stores/{store_code}/cards/{card_id}/points/` */
  earnPoints(storeCode: string, cardId: number, body: types.EarnPointsRequest, options?: { idempotencyKey?: string; staffToken?: string }): Promise<types.Posted>;
  /** A webhook endpoint: `GET /api/v1/webhooks/endpoints/{endpoint_id}/` */
  endpoint(endpointId: number): Promise<types.Endpoint>;
  /** Webhook endpoints: `GET /api/v1/webhooks/endpoints/` */
  endpoints(options?: { page?: number; page_size?: number }): Promise<types.EndpointPage>;
  /** Get a card: `POST /api/v1/public/stores/{store_code}/enroll/` */
  enroll(storeCode: string, body: types.SelfEnrollmentRequest): Promise<types.KnownAlready | types.SelfEnrolled>;
  /** Events: `GET /api/v1/events/` */
  events(options?: { after?: string; limit?: number; merchant?: string; types?: string }): Promise<types.Feed>;
  /** Look a card up: `GET /api/v1/stores/{store_code}/cards/lookup/` */
  findCard(storeCode: string, options?: { q?: string }): Promise<types.Card>;
  /** Let go what is owed: `POST /api/v1/stores/{store_code}/cards/{card_id}/forgive/` */
  forgiveDebt(storeCode: string, cardId: number, body: types.ForgiveDebtRequest, options?: { idempotencyKey?: string }): Promise<types.Posted>;
  /** Give stamps: `POST /api/v1/stores/{store_code}/cards/{card_id}/stamps/` */
  giveStamps(storeCode: string, cardId: number, body: types.GiveStampsRequest, options?: { idempotencyKey?: string; staffToken?: string }): Promise<types.Stamped>;
  /** Plan a promotion: `POST /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/plan/` */
  planPromotion(rowId: number, promotionId: number): Promise<types.PromotionRow>;
  /** The program: `GET /api/v1/stores/{store_code}/program/` */
  program(storeCode: string): Promise<types.Program>;
  /** A program: `GET /api/v1/admin/programs/{row_id}/` */
  programById(rowId: number): Promise<types.Program>;
  /** A program's statistics: `GET /api/v1/admin/programs/{row_id}/stats/` */
  programStatistics(rowId: number, options?: { days?: number }): Promise<types.Statistics>;
  /** Programs: `GET /api/v1/admin/programs/` */
  programs(options?: { include_deleted?: boolean; is_active?: boolean; merchant?: string; only_deleted?: boolean; page?: number; page_size?: number; search?: string }): Promise<types.ProgramRowPage>;
  /** A promotion: `GET /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/` */
  promotion(rowId: number, promotionId: number): Promise<types.PromotionRow>;
  /** A program's promotions: `GET /api/v1/admin/programs/{row_id}/promotions/` */
  promotions(rowId: number, options?: { page?: number; page_size?: number }): Promise<types.PromotionRowPage>;
  /** A store's program: `GET /api/v1/public/stores/{store_code}/program/` */
  publicProgram(storeCode: string): Promise<types.PublicProgram>;
  /** A purchase with its returns: `GET /api/v1/stores/{store_code}/purchases/{purchase_id}/` */
  purchase(storeCode: string, purchaseId: number): Promise<types.PurchaseWithReturns>;
  /** Find purchases: `GET /api/v1/stores/{store_code}/purchases/` */
  purchases(storeCode: string, options?: { card?: number; order_reference?: string; page?: number; page_size?: number }): Promise<types.PurchasePage>;
  /** Ask what a purchase would give: `POST /api/v1/stores/{store_code}/cards/{card_id}/purchases/quote/` */
  quotePurchase(storeCode: string, cardId: number, body: types.PurchaseRequest): Promise<types.Quote>;
  /** Ask what a return would take back: `POST /api/v1/stores/{store_code}/purchases/{purchase_id}/return/quote/` */
  quoteReturn(storeCode: string, purchaseId: number, body: types.ReturnQuoteRequest): Promise<types.ReturnQuote>;
  /** Reactivate a card: `POST /api/v1/stores/{store_code}/cards/{card_id}/reactivate/` */
  reactivateCard(storeCode: string, cardId: number, body: types.SwitchCardRequest, options?: { idempotencyKey?: string }): Promise<types.Card>;
  /** Record a purchase: `POST /api/v1/stores/{store_code}/cards/{card_id}/purchases/` */
  recordPurchase(storeCode: string, cardId: number, body: types.PurchaseRequest, options?: { idempotencyKey?: string; staffToken?: string }): Promise<types.PurchaseRecorded>;
  /** Replace a card: `POST /api/v1/stores/{store_code}/cards/{card_id}/replace/` */
  replaceCard(storeCode: string, cardId: number, body: types.ReplaceCardRequest, options?: { idempotencyKey?: string }): Promise<types.Card>;
  /** Send events again: `POST /api/v1/webhooks/endpoints/{endpoint_id}/replay/` */
  replayEvents(endpointId: number, body: types.ReplayRequest): Promise<types.Replayed>;
  /** Send a delivery again: `POST /api/v1/webhooks/deliveries/{delivery_id}/resend/` */
  resendDelivery(deliveryId: number): Promise<types.Delivery>;
  /** Restore a card: `PUT /api/v1/admin/cards/{row_id}/restore/` */
  restoreCard(rowId: number): Promise<types.RestoredCardRow>;
  /** Restore a customer: `PUT /api/v1/admin/customers/{row_id}/restore/` */
  restoreCustomer(rowId: number): Promise<types.RestoredCustomerRow>;
  /** Restore a merchant: `PUT /api/v1/admin/merchants/{row_id}/restore/` */
  restoreMerchant(rowId: number): Promise<types.RestoredMerchantRow>;
  /** Restore a program: `PUT /api/v1/admin/programs/{row_id}/restore/` */
  restoreProgram(rowId: number): Promise<types.RestoredProgramRow>;
  /** Restore a store: `PUT /api/v1/admin/stores/{row_id}/restore/` */
  restoreStore(rowId: number): Promise<types.RestoredStoreRow>;
  /** Restore a user: `PUT /api/v1/admin/users/{row_id}/restore/` */
  restoreUser(rowId: number): Promise<types.RestoredUserRow>;
  /** Return something of a purchase: `POST /api/v1/stores/{store_code}/purchases/{purchase_id}/return/` */
  returnPurchase(storeCode: string, purchaseId: number, body: types.ReturnRequest, options?: { idempotencyKey?: string; staffToken?: string }): Promise<types.PurchaseReturned>;
  /** Change an endpoint's secret: `POST /api/v1/webhooks/endpoints/{endpoint_id}/rotate-secret/` */
  rotateSecret(endpointId: number): Promise<types.Secret>;
  /** Send a test event: `POST /api/v1/webhooks/endpoints/{endpoint_id}/test/` */
  sendTestEvent(endpointId: number): Promise<types.Delivery>;
  /** Who is on the chooser: `GET /api/v1/stores/{store_code}/staff/` */
  staff(storeCode: string): Promise<types.StaffName[]>;
  /** A staff PIN: `GET /api/v1/stores/{store_code}/pins/{pin_id}/` */
  staffPin(storeCode: string, pinId: number): Promise<types.StaffPin>;
  /** Staff PINs: `GET /api/v1/stores/{store_code}/pins/` */
  staffPins(storeCode: string, options?: { page?: number; page_size?: number }): Promise<types.StaffPinPage>;
  /** Statistics: `GET /api/v1/stores/{store_code}/stats/` */
  statistics(storeCode: string, options?: { days?: number }): Promise<types.StoreStatistics>;
  /** Stop a promotion: `POST /api/v1/admin/programs/{row_id}/promotions/{promotion_id}/stop/` */
  stopPromotion(rowId: number, promotionId: number): Promise<types.PromotionRow>;
  /** A store: `GET /api/v1/stores/{store_code}/` */
  store(storeCode: string): Promise<types.Store>;
  /** My stores: `GET /api/v1/stores/` */
  stores(options?: { page?: number; page_size?: number }): Promise<types.StorePage>;
  /** The store's ledger: `GET /api/v1/stores/{store_code}/transactions/` */
  transactions(storeCode: string, options?: { card?: number; page?: number; page_size?: number; since?: string; type?: "card_created" | "welcome_bonus" | "stamp_earned" | "stamp_redeemed" | "stamp_voided" | "stamps_returned" | "points_earned" | "points_redeemed" | "points_voided" | "points_returned" | "points_adjustment" | "points_expired" | "card_deactivated" | "card_reactivated" | "card_replaced" | "merge_in" | "merge_out" | "opening_balance" | "debt_forgiven" | "expiry_adjusted" | "forgiveness_adjusted" | "friend_bonus" }): Promise<types.TransactionPage>;
  /** End a lock-out: `POST /api/v1/stores/{store_code}/pins/{pin_id}/unlock/` */
  unlockStaffPin(storeCode: string, pinId: number, options?: { idempotencyKey?: string }): Promise<types.StaffPin>;
  /** Type a PIN: `POST /api/v1/stores/{store_code}/staff/{pin_id}/unlock/` */
  unlockTerminal(storeCode: string, pinId: number, body: types.TypedPinRequest): Promise<types.UnlockedTerminal>;
  /** Undo a transaction: `POST /api/v1/stores/{store_code}/transactions/{transaction_id}/void/` */
  voidTransaction(storeCode: string, transactionId: number, body: types.VoidTransactionRequest, options?: { idempotencyKey?: string; staffToken?: string }): Promise<types.Voided>;
}
