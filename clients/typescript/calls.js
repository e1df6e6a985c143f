// Made of the API's description by `make clients`: never changed by hand.

export class Calls {
  activateProgram(rowId) {
    return this.call("POST", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/activate/`);
  }
  allCards({ include_deleted, only_deleted, page, page_size, search } = {}) {
    return this.call("GET", `/api/v1/admin/cards/`, { query: { include_deleted, only_deleted, page, page_size, search } });
  }
  allCustomers({ include_deleted, only_deleted, page, page_size, search } = {}) {
    return this.call("GET", `/api/v1/admin/customers/`, { query: { include_deleted, only_deleted, page, page_size, search } });
  }
  allMerchants({ include_deleted, only_deleted, page, page_size, search } = {}) {
    return this.call("GET", `/api/v1/admin/merchants/`, { query: { include_deleted, only_deleted, page, page_size, search } });
  }
  allStores({ include_deleted, only_deleted, page, page_size, search } = {}) {
    return this.call("GET", `/api/v1/admin/stores/`, { query: { include_deleted, only_deleted, page, page_size, search } });
  }
  allUsers({ include_deleted, only_deleted, page, page_size, search } = {}) {
    return this.call("GET", `/api/v1/admin/users/`, { query: { include_deleted, only_deleted, page, page_size, search } });
  }
  card(storeCode, cardId, { at } = {}) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/`, { query: { at } });
  }
  cardCodes(storeCode, cardId) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/codes/`);
  }
  cardTransactions(storeCode, cardId, { page, page_size } = {}) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/transactions/`, { query: { page, page_size } });
  }
  cards(storeCode, { enrolled_here, is_active, page, page_size, search } = {}) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/`, { query: { enrolled_here, is_active, page, page_size, search } });
  }
  changeEndpoint(endpointId, body) {
    return this.call("PATCH", `/api/v1/webhooks/endpoints/${encodeURIComponent(endpointId)}/`, { body });
  }
  changeProgram(rowId, body) {
    return this.call("PATCH", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/`, { body });
  }
  changePromotion(rowId, promotionId, body) {
    return this.call("PATCH", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/promotions/${encodeURIComponent(promotionId)}/`, { body });
  }
  changeStaffPin(storeCode, pinId, body) {
    return this.call("PATCH", `/api/v1/stores/${encodeURIComponent(storeCode)}/pins/${encodeURIComponent(pinId)}/`, { body });
  }
  copyPromotion(rowId, promotionId) {
    return this.call("POST", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/promotions/${encodeURIComponent(promotionId)}/copy/`);
  }
  createAdjustPoint(storeCode, cardId, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/points/adjust/`, { body, isOnce: true, idempotencyKey });
  }
  createCard(storeCode, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/`, { body, isOnce: true, idempotencyKey });
  }
  createCardCode(storeCode, cardId, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/codes/`, { body, isOnce: true, idempotencyKey });
  }
  createEndpoint(body) {
    return this.call("POST", `/api/v1/webhooks/endpoints/`, { body });
  }
  createMergeCard(storeCode, cardId, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/merge/`, { body, isOnce: true, idempotencyKey });
  }
  createProgram(body) {
    return this.call("POST", `/api/v1/admin/programs/`, { body });
  }
  createPromotion(rowId, body) {
    return this.call("POST", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/promotions/`, { body });
  }
  createRedeemPoint(storeCode, cardId, body, { idempotencyKey, staffToken } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/points/redeem/`, { body, isOnce: true, idempotencyKey, staffToken });
  }
  createRedeemStamp(storeCode, cardId, body, { idempotencyKey, staffToken } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/stamps/redeem/`, { body, isOnce: true, idempotencyKey, staffToken });
  }
  createStaffPin(storeCode, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/pins/`, { body, isOnce: true, idempotencyKey });
  }
  deactivateCard(storeCode, cardId, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/deactivate/`, { body, isOnce: true, idempotencyKey });
  }
  deactivateProgram(rowId) {
    return this.call("POST", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/deactivate/`);
  }
  deleteCard(rowId) {
    return this.call("DELETE", `/api/v1/admin/cards/${encodeURIComponent(rowId)}/`);
  }
  deleteCardCode(storeCode, cardId, codeId) {
    return this.call("DELETE", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/codes/${encodeURIComponent(codeId)}/`);
  }
  deleteCustomer(rowId) {
    return this.call("DELETE", `/api/v1/admin/customers/${encodeURIComponent(rowId)}/`);
  }
  deleteEndpoint(endpointId) {
    return this.call("DELETE", `/api/v1/webhooks/endpoints/${encodeURIComponent(endpointId)}/`);
  }
  deleteMerchant(rowId) {
    return this.call("DELETE", `/api/v1/admin/merchants/${encodeURIComponent(rowId)}/`);
  }
  deleteProgram(rowId) {
    return this.call("DELETE", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/`);
  }
  deleteStaffPin(storeCode, pinId) {
    return this.call("DELETE", `/api/v1/stores/${encodeURIComponent(storeCode)}/pins/${encodeURIComponent(pinId)}/`);
  }
  deleteStore(rowId) {
    return this.call("DELETE", `/api/v1/admin/stores/${encodeURIComponent(rowId)}/`);
  }
  deleteUser(rowId) {
    return this.call("DELETE", `/api/v1/admin/users/${encodeURIComponent(rowId)}/`);
  }
  deliveries(endpointId, { page, page_size, state } = {}) {
    return this.call("GET", `/api/v1/webhooks/endpoints/${encodeURIComponent(endpointId)}/deliveries/`, { query: { page, page_size, state } });
  }
  earnPoints(storeCode, cardId, body, { idempotencyKey, staffToken } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/points/`, { body, isOnce: true, idempotencyKey, staffToken });
  }
  endpoint(endpointId) {
    return this.call("GET", `/api/v1/webhooks/endpoints/${encodeURIComponent(endpointId)}/`);
  }
  endpoints({ page, page_size } = {}) {
    return this.call("GET", `/api/v1/webhooks/endpoints/`, { query: { page, page_size } });
  }
  enroll(storeCode, body) {
    return this.call("POST", `/api/v1/public/stores/${encodeURIComponent(storeCode)}/enroll/`, { body });
  }
  events({ after, limit, merchant, types } = {}) {
    return this.call("GET", `/api/v1/events/`, { query: { after, limit, merchant, types } });
  }
  findCard(storeCode, { q } = {}) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/lookup/`, { query: { q } });
  }
  forgiveDebt(storeCode, cardId, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/forgive/`, { body, isOnce: true, idempotencyKey });
  }
  giveStamps(storeCode, cardId, body, { idempotencyKey, staffToken } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/stamps/`, { body, isOnce: true, idempotencyKey, staffToken });
  }
  planPromotion(rowId, promotionId) {
    return this.call("POST", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/promotions/${encodeURIComponent(promotionId)}/plan/`);
  }
  program(storeCode) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/program/`);
  }
  programById(rowId) {
    return this.call("GET", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/`);
  }
  programStatistics(rowId, { days } = {}) {
    return this.call("GET", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/stats/`, { query: { days } });
  }
  programs({ include_deleted, is_active, merchant, only_deleted, page, page_size, search } = {}) {
    return this.call("GET", `/api/v1/admin/programs/`, { query: { include_deleted, is_active, merchant, only_deleted, page, page_size, search } });
  }
  promotion(rowId, promotionId) {
    return this.call("GET", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/promotions/${encodeURIComponent(promotionId)}/`);
  }
  promotions(rowId, { page, page_size } = {}) {
    return this.call("GET", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/promotions/`, { query: { page, page_size } });
  }
  publicProgram(storeCode) {
    return this.call("GET", `/api/v1/public/stores/${encodeURIComponent(storeCode)}/program/`);
  }
  purchase(storeCode, purchaseId) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/purchases/${encodeURIComponent(purchaseId)}/`);
  }
  purchases(storeCode, { card, order_reference, page, page_size } = {}) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/purchases/`, { query: { card, order_reference, page, page_size } });
  }
  quotePurchase(storeCode, cardId, body) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/purchases/quote/`, { body });
  }
  quoteReturn(storeCode, purchaseId, body) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/purchases/${encodeURIComponent(purchaseId)}/return/quote/`, { body });
  }
  reactivateCard(storeCode, cardId, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/reactivate/`, { body, isOnce: true, idempotencyKey });
  }
  recordPurchase(storeCode, cardId, body, { idempotencyKey, staffToken } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/purchases/`, { body, isOnce: true, idempotencyKey, staffToken });
  }
  replaceCard(storeCode, cardId, body, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/cards/${encodeURIComponent(cardId)}/replace/`, { body, isOnce: true, idempotencyKey });
  }
  replayEvents(endpointId, body) {
    return this.call("POST", `/api/v1/webhooks/endpoints/${encodeURIComponent(endpointId)}/replay/`, { body });
  }
  resendDelivery(deliveryId) {
    return this.call("POST", `/api/v1/webhooks/deliveries/${encodeURIComponent(deliveryId)}/resend/`);
  }
  restoreCard(rowId) {
    return this.call("PUT", `/api/v1/admin/cards/${encodeURIComponent(rowId)}/restore/`);
  }
  restoreCustomer(rowId) {
    return this.call("PUT", `/api/v1/admin/customers/${encodeURIComponent(rowId)}/restore/`);
  }
  restoreMerchant(rowId) {
    return this.call("PUT", `/api/v1/admin/merchants/${encodeURIComponent(rowId)}/restore/`);
  }
  restoreProgram(rowId) {
    return this.call("PUT", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/restore/`);
  }
  restoreStore(rowId) {
    return this.call("PUT", `/api/v1/admin/stores/${encodeURIComponent(rowId)}/restore/`);
  }
  restoreUser(rowId) {
    return this.call("PUT", `/api/v1/admin/users/${encodeURIComponent(rowId)}/restore/`);
  }
  returnPurchase(storeCode, purchaseId, body, { idempotencyKey, staffToken } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/purchases/${encodeURIComponent(purchaseId)}/return/`, { body, isOnce: true, idempotencyKey, staffToken });
  }
  rotateSecret(endpointId) {
    return this.call("POST", `/api/v1/webhooks/endpoints/${encodeURIComponent(endpointId)}/rotate-secret/`);
  }
  sendTestEvent(endpointId) {
    return this.call("POST", `/api/v1/webhooks/endpoints/${encodeURIComponent(endpointId)}/test/`);
  }
  staff(storeCode) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/staff/`);
  }
  staffPin(storeCode, pinId) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/pins/${encodeURIComponent(pinId)}/`);
  }
  staffPins(storeCode, { page, page_size } = {}) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/pins/`, { query: { page, page_size } });
  }
  statistics(storeCode, { days } = {}) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/stats/`, { query: { days } });
  }
  stopPromotion(rowId, promotionId) {
    return this.call("POST", `/api/v1/admin/programs/${encodeURIComponent(rowId)}/promotions/${encodeURIComponent(promotionId)}/stop/`);
  }
  store(storeCode) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/`);
  }
  stores({ page, page_size } = {}) {
    return this.call("GET", `/api/v1/stores/`, { query: { page, page_size } });
  }
  transactions(storeCode, { card, page, page_size, since, type } = {}) {
    return this.call("GET", `/api/v1/stores/${encodeURIComponent(storeCode)}/transactions/`, { query: { card, page, page_size, since, type } });
  }
  unlockStaffPin(storeCode, pinId, { idempotencyKey } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/pins/${encodeURIComponent(pinId)}/unlock/`, { isOnce: true, idempotencyKey });
  }
  unlockTerminal(storeCode, pinId, body) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/staff/${encodeURIComponent(pinId)}/unlock/`, { body });
  }
  voidTransaction(storeCode, transactionId, body, { idempotencyKey, staffToken } = {}) {
    return this.call("POST", `/api/v1/stores/${encodeURIComponent(storeCode)}/transactions/${encodeURIComponent(transactionId)}/void/`, { body, isOnce: true, idempotencyKey, staffToken });
  }
}
