// Made of the API's description by `make clients`: never changed by hand.

export interface AdjustPointsRequest {
  points_delta: number;
  reason: string;
}

/** Stamps and points. */
export interface Amounts {
  stamps: number;
  points: number;
}

export type AudienceEnum = "everybody" | "first_purchase" | "birthday" | "every_nth_visit" | "back_after" | "with_tag" | "brought_by_friend";

export type BlankEnum = "";

/** Whether a stamp would be given just now; `code` says why not, `retry_after` the seconds until it would. */
export interface CanStamp {
  allowed: boolean;
  code: string | null;
  retry_after: number | null;
  next_stamp_at: string | null;
}

/** A card at a store, with what may be done there just now. `owed_from`: what is owed comes from there. `promotions`: those by which a purchase there would be given something now, a sentence each. */
export interface Card {
  id: number;
  card_number: string;
  is_active: boolean;
  valid_at_store: string | null;
  enrolled_at_store: string | null;
  customer: CardHolder;
  loyalty_type: LoyaltyTypeEnum;
  stamp_count: number;
  stamps_owed: number;
  stamps_target: number;
  stamps_until_reward: number;
  total_stamps_earned: number;
  stamps_redeemed: number;
  points_balance: number;
  points_owed: number;
  points_fraction: number;
  total_points_earned: number;
  points_redeemed: number;
  total_points_voided: number;
  last_stamp_at: string | null;
  last_points_at: string | null;
  last_redemption_at: string | null;
  last_activity_at: string | null;
  created_at: string;
  owed_from: OwedFrom | null;
  stamps_today: number;
  max_daily_stamps: number;
  points_expire_at: string | null;
  can_stamp: CanStamp;
  rewards: RewardInReach[];
  stamp_reward: StampReward;
  promotions: string[];
  passes: Passes;
}

/** A code that means a card: an EAN, a QR text, an NFC id of an earlier system. */
export interface CardCode {
  id: number;
  card_id: number;
  code: string;
  created_at: string;
}

export interface CardCodeRequest {
  code: string;
}

/** Whose card it is; `email_problem` if letters to that address come back. */
export interface CardHolder {
  id: number;
  name: string;
  email: string | null;
  phone: string;
  birth_date: string | null;
  language: string;
  tags: string[];
  email_problem: boolean;
}

export type CardOrCardThen = Card | CardThen;

/** One page of a list, and where its neighbours are. */
export interface CardPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: Card[];
}

/** A card; `deleted_at` and `deleted_by` are null while it lives. */
export interface CardRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  card_number: string;
  is_active: boolean;
  valid_at_store: string | null;
  enrolled_at_store: string | null;
  customer: CardHolder;
  loyalty_type: LoyaltyTypeEnum;
  stamp_count: number;
  stamps_owed: number;
  stamps_target: number;
  stamps_until_reward: number;
  total_stamps_earned: number;
  stamps_redeemed: number;
  points_balance: number;
  points_owed: number;
  points_fraction: number;
  total_points_earned: number;
  points_redeemed: number;
  total_points_voided: number;
  last_stamp_at: string | null;
  last_points_at: string | null;
  last_redemption_at: string | null;
  last_activity_at: string | null;
  created_at: string;
  merchant: string;
}

/** One page of a list, and where its neighbours are. */
export interface CardRowPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: CardRow[];
}

/** What a card had at a moment, as its ledger says. */
export interface CardThen {
  id: number;
  card_number: string;
  at: string;
  stamp_count: number;
  stamps_owed: number;
  points_balance: number;
  points_owed: number;
  points_fraction: number;
}

/** What somebody has told about themselves; a `birth_date` without its year is of 1904, a leap year. */
export interface CustomerFacts {
  id: number;
  name: string;
  email: string | null;
  phone: string;
  birth_date: string | null;
  language: string;
  tags: string[];
}

/** A customer; `deleted_at` and `deleted_by` are null while they live. */
export interface CustomerRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  name: string;
  email: string | null;
  phone: string;
  birth_date: string | null;
  language: string;
  tags: string[];
  merchant: string;
  marketing_consent: boolean;
  is_active: boolean;
  created_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface CustomerRowPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: CustomerRow[];
}

/** The figures of one day, in the merchant's time zone. */
export interface Day {
  date: string;
  new_cards: number;
  stamps: number;
  stamps_redeemed: number;
  points_issued: number;
  points_redeemed: number;
  points_expired: number;
}

/** One event on its way to one endpoint. `trouble`: why there was no answer, in a word. */
export interface Delivery {
  id: number;
  event_id: string;
  type: string;
  state: DeliveryStateEnum;
  attempts: number;
  next_attempt_at: string | null;
  attempted_at: string | null;
  response_status: number | null;
  response_body: string;
  trouble: string;
  created_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface DeliveryPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: Delivery[];
}

export type DeliveryStateEnum = "waiting" | "delivered" | "failed" | "dead";

export interface EarnPointsRequest {
  /** In the currency's minor unit; at most the program's `largest_purchase_cents`. */
  purchase_amount_cents: number;
  order_reference?: string;
  notes?: string;
  occurred_at?: string | null;
}

export type EffectEnum = "factor" | "points" | "stamps";

/** An address that is told of events; `types` empty: of all. `switched_off`: not by its owner, and why. */
export interface Endpoint {
  id: number;
  /** The merchant's slug. */
  merchant: string;
  url: string;
  types: string[];
  description: string;
  is_active: boolean;
  switched_off: SwitchedOffEnum | BlankEnum;
  failing_since: string | null;
  created_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface EndpointPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: Endpoint[];
}

/** What the till gets: the card, new or not, and where it works. */
export interface Enrolled {
  card: Card;
  already_enrolled: boolean;
  locations: Location[];
  /** Ids of this person's other cards. */
  merge_suggestion: number[];
  /** Of a card that this call made, for somebody who was not known: to show it. */
  card_url: string | null;
}

/** Something that happened, in the words in which endpoints are told. */
export interface Event {
  id: string;
  type: string;
  timestamp: string;
  data: EventData;
}

/** What an event is about; its type says which of these there are. `sequence` grows with each event of a card. */
export interface EventData {
  sequence: number;
  transaction?: Transaction | null;
  transactions?: Transaction[];
  card?: Card;
  purchase?: Purchase;
  customer?: CustomerFacts;
  program?: Program;
}

/** Events in their order. `next_cursor` is where to go on reading, also where there is nothing more yet. */
export interface Feed {
  events: Event[];
  next_cursor: string;
  has_more: boolean;
}

/** What is wrong with one field. */
export interface FieldError {
  /** Empty if it is about the body as a whole. */
  field: string;
  code: string;
  message: string;
}

export interface ForgiveDebtRequest {
  reason: string;
}

export interface GiveStampsRequest {
  count?: number;
  notes?: string;
  occurred_at?: string | null;
}

/** A line of a receipt, as the till sent it. */
export interface Item {
  sku: string;
  category: string;
  quantity: number;
  amount_cents: number;
}

export interface ItemRequest {
  sku?: string;
  category?: string;
  quantity: number;
  amount_cents: number;
}

/** Nothing but where the card that exists already works. */
export interface KnownAlready {
  already_enrolled: boolean;
  locations: Location[];
}

export type LanguageEnum = "en" | "fr" | "de" | "lb";

/** Where a card works. */
export interface Location {
  store_code: string;
  name: string;
  city: string;
}

export type LoyaltyTypeEnum = "stamps" | "points" | "hybrid";

/** Whose store or card it is. */
export interface MerchantName {
  slug: string;
  name: string;
}

/** A merchant; `deleted_at` and `deleted_by` are null while it lives. */
export interface MerchantRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  slug: string;
  name: string;
  contact_email: string;
  currency: string;
  timezone: string;
  default_language: string;
  is_active: boolean;
  created_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface MerchantRowPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: MerchantRow[];
}

export interface MergeCardsRequest {
  into_card_id: number;
  reason: string;
}

/** What the public gets to see of a new card. */
export interface NewCard {
  card_number: string;
  /** Null for a person who was known: the link is sent. */
  card_url: string | null;
  stamp_count: number;
  stamps_target: number;
  points_balance: number;
}

/** With its secret, which is shown this once. */
export interface NewEndpoint {
  id: number;
  /** The merchant's slug. */
  merchant: string;
  url: string;
  types: string[];
  description: string;
  is_active: boolean;
  switched_off: SwitchedOffEnum | BlankEnum;
  failing_since: string | null;
  created_at: string;
  secret: string;
}

export interface NewEndpointRequest {
  url: string;
  /** Of which events it is told; none: of all. */
  types?: TypesEnum[];
  description?: string;
  is_active?: boolean;
  /** A slug; needed by who has several merchants. */
  merchant?: string;
}

export interface NewPinRequest {
  name: string;
  pin: string;
  staff_code?: string;
  is_active?: boolean;
}

/** Any of a program's fields. Texts are in the caller's language; `card_name_fr` names another one. */
export interface NewProgramRequest {
  loyalty_type: LoyaltyTypeEnum;
  is_active?: boolean;
  stamps_target?: number;
  stamps_reward_value_cents?: number | null;
  points_per_euro?: string;
  minimum_purchase_cents?: number;
  maximum_purchase_cents?: number | null;
  minimum_redemption_points?: number;
  welcome_bonus_points?: number;
  points_expiration_days?: number | null;
  expiry_requires_warning?: boolean;
  point_value_cents?: string;
  carry_remainders?: boolean;
  cooldown_minutes?: number;
  max_daily_stamps?: number;
  require_staff_pin?: boolean;
  card_color?: string;
  card_secondary_color?: string;
  privacy_url?: string;
  rewards?: RewardEntryRequest[];
  confirm?: boolean;
  /** The merchant's slug. */
  merchant: string;
  card_name?: string;
  card_name_en?: string;
  card_name_fr?: string;
  card_name_de?: string;
  card_name_lb?: string;
  stamps_reward_description?: string;
  stamps_reward_description_en?: string;
  stamps_reward_description_fr?: string;
  stamps_reward_description_de?: string;
  stamps_reward_description_lb?: string;
  terms_text?: string;
  terms_text_en?: string;
  terms_text_fr?: string;
  terms_text_de?: string;
  terms_text_lb?: string;
}

/** Any of a promotion's fields. The name is in the caller's language; `name_fr` names another one. */
export interface NewPromotionRequest {
  name: string;
  effect?: EffectEnum;
  factor?: string | null;
  amount?: number | null;
  first_day?: string | null;
  last_day?: string | null;
  weekdays?: number[];
  from_time?: string | null;
  until_time?: string | null;
  store_ids?: number[];
  audience?: AudienceEnum;
  days?: number | null;
  every?: number | null;
  tag?: string;
  friend_amount?: number | null;
  month_limit?: number | null;
  least_cents?: number;
  skus?: string[];
  categories?: string[];
  card_day_limit?: number | null;
  card_limit?: number | null;
  budget?: number | null;
  not_with?: number[];
  name_de?: string;
  name_en?: string;
  name_fr?: string;
  name_lb?: string;
}

export type NullEnum = null;

/** The purchase of which something was taken back that had been spent, and when. */
export interface OwedFrom {
  purchase_id: number;
  order_reference: string;
  returned_at: string;
}

/** How the card stands in each wallet. */
export interface Passes {
  apple: string | null;
  google: string | null;
}

export interface PatchedChangedEndpointRequest {
  url?: string;
  /** Of which events it is told; none: of all. */
  types?: TypesEnum[];
  description?: string;
  is_active?: boolean;
}

/** Any part of it. */
export interface PatchedChangedPinRequest {
  name?: string;
  pin?: string;
  staff_code?: string;
  is_active?: boolean;
}

/** Any of a program's fields. Texts are in the caller's language; `card_name_fr` names another one. */
export interface PatchedChangedProgramRequest {
  loyalty_type?: LoyaltyTypeEnum;
  is_active?: boolean;
  stamps_target?: number;
  stamps_reward_value_cents?: number | null;
  points_per_euro?: string;
  minimum_purchase_cents?: number;
  maximum_purchase_cents?: number | null;
  minimum_redemption_points?: number;
  welcome_bonus_points?: number;
  points_expiration_days?: number | null;
  expiry_requires_warning?: boolean;
  point_value_cents?: string;
  carry_remainders?: boolean;
  cooldown_minutes?: number;
  max_daily_stamps?: number;
  require_staff_pin?: boolean;
  card_color?: string;
  card_secondary_color?: string;
  privacy_url?: string;
  rewards?: RewardEntryRequest[];
  confirm?: boolean;
  card_name?: string;
  card_name_en?: string;
  card_name_fr?: string;
  card_name_de?: string;
  card_name_lb?: string;
  stamps_reward_description?: string;
  stamps_reward_description_en?: string;
  stamps_reward_description_fr?: string;
  stamps_reward_description_de?: string;
  stamps_reward_description_lb?: string;
  terms_text?: string;
  terms_text_en?: string;
  terms_text_fr?: string;
  terms_text_de?: string;
  terms_text_lb?: string;
}

/** Any of a promotion's fields. The name is in the caller's language; `name_fr` names another one. */
export interface PatchedChangedPromotionRequest {
  name?: string;
  effect?: EffectEnum;
  factor?: string | null;
  amount?: number | null;
  first_day?: string | null;
  last_day?: string | null;
  weekdays?: number[];
  from_time?: string | null;
  until_time?: string | null;
  store_ids?: number[];
  audience?: AudienceEnum;
  days?: number | null;
  every?: number | null;
  tag?: string;
  friend_amount?: number | null;
  month_limit?: number | null;
  least_cents?: number;
  skus?: string[];
  categories?: string[];
  card_day_limit?: number | null;
  card_limit?: number | null;
  budget?: number | null;
  not_with?: number[];
  name_de?: string;
  name_en?: string;
  name_fr?: string;
  name_lb?: string;
}

/** `code` says why there are none. */
export interface PointsGiven {
  given: number;
  code: string | null;
}

/** What an operation wrote, and the card after it. `settled`: what of it paid stamps or points that were owed. */
export interface Posted {
  transaction: Transaction;
  settled: Amounts;
  card: Card;
}

/** RFC 9457. Some codes carry more members, for example `retry_after`. */
export interface Problem {
  /** /problems/<code> */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** Names the request in our logs; as `X-Request-Id`. */
  request_id: string;
  /** With the code `invalid`. */
  errors?: FieldError[];
}

/** A program with its rewards and what a terminal needs. */
export interface Program {
  id: number;
  /** The merchant's slug. */
  merchant: string;
  loyalty_type: LoyaltyTypeEnum;
  is_active: boolean;
  activated_at: string | null;
  card_name: string;
  card_color: string;
  card_secondary_color: string;
  stamps_target: number;
  stamps_reward_description: string;
  stamps_reward_value_cents: number | null;
  points_per_euro: string;
  minimum_purchase_cents: number;
  maximum_purchase_cents: number | null;
  /** `maximum_purchase_cents`, or what holds without it. */
  largest_purchase_cents: number;
  minimum_redemption_points: number;
  welcome_bonus_points: number;
  points_expiration_days: number | null;
  expiry_requires_warning: boolean;
  point_value_cents: string;
  /** Amounts that make no whole point stay on the card until they do. */
  carry_remainders: boolean;
  cooldown_minutes: number;
  max_daily_stamps: number;
  require_staff_pin: boolean;
  /** Purchases may give more than the rate says; a quote says how much. */
  has_promotions: boolean;
  terms_text: string;
  privacy_url: string;
  rewards: Reward[];
  settings: ProgramSettings;
}

/** A program; `deleted_at` and `deleted_by` are null while it lives. */
export interface ProgramRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  /** The merchant's slug. */
  merchant: string;
  loyalty_type: LoyaltyTypeEnum;
  is_active: boolean;
  activated_at: string | null;
  card_name: string;
  card_color: string;
  card_secondary_color: string;
  stamps_target: number;
  stamps_reward_description: string;
  stamps_reward_value_cents: number | null;
  points_per_euro: string;
  minimum_purchase_cents: number;
  maximum_purchase_cents: number | null;
  /** `maximum_purchase_cents`, or what holds without it. */
  largest_purchase_cents: number;
  minimum_redemption_points: number;
  welcome_bonus_points: number;
  points_expiration_days: number | null;
  expiry_requires_warning: boolean;
  point_value_cents: string;
  /** Amounts that make no whole point stay on the card until they do. */
  carry_remainders: boolean;
  cooldown_minutes: number;
  max_daily_stamps: number;
  require_staff_pin: boolean;
  /** Purchases may give more than the rate says; a quote says how much. */
  has_promotions: boolean;
  terms_text: string;
  privacy_url: string;
  rewards: Reward[];
  settings: ProgramSettings;
}

/** One page of a list, and where its neighbours are. */
export interface ProgramRowPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: ProgramRow[];
}

/** What the merchant allows at the till. */
export interface ProgramSettings {
  allow_void_transactions: boolean;
  require_order_reference: boolean;
  allow_cross_location_redemption: boolean;
}

/** What a promotion gave, or took: whole points, and ten-thousandths of another of the same sign. */
export interface PromotionPart {
  id: number;
  name: string;
  points: number;
  points_fraction: number;
  stamps: number;
}

/** A promotion. `amount` and the bounds are in what it gives, points or stamps; empty lists ask for nothing. */
export interface PromotionRow {
  id: number;
  program_id: number;
  name: string;
  state: PromotionRowStateEnum;
  effect: EffectEnum;
  factor: string | null;
  amount: number | null;
  first_day: string | null;
  last_day: string | null;
  /** 1 is Monday, 7 is Sunday. */
  weekdays: number[];
  /** By the store's clock: 14:00. */
  from_time: string | null;
  /** By the store's clock: 14:00. */
  until_time: string | null;
  store_ids: number[];
  audience: AudienceEnum;
  /** Around a birthday at most, or away at least. */
  days: number | null;
  /** Every so many visits; a visit is a day. */
  every: number | null;
  tag: string;
  /** What whoever brought a friend gets; `amount` is the friend's. */
  friend_amount: number | null;
  /** For how many friends a month they get it, at most. */
  month_limit: number | null;
  least_cents: number;
  skus: string[];
  categories: string[];
  card_day_limit: number | null;
  card_limit: number | null;
  budget: number | null;
  /** What is left of the budget, rounded down. */
  left: number | null;
  /** Promotions together with which it does not count. */
  not_with: number[];
  planned_at: string | null;
  stopped_at: string | null;
  created_at: string;
  updated_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface PromotionRowPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: PromotionRow[];
}

export type PromotionRowStateEnum = "draft" | "planned" | "running" | "ended" | "stopped";

/** What the enrolment page shows: nothing of fraud limits, nothing of rewards that are not on offer. */
export interface PublicProgram {
  store: Location;
  merchant: MerchantName;
  card_name: string;
  loyalty_type: LoyaltyTypeEnum;
  stamps_target: number;
  stamps_reward_description: string;
  points_per_euro: string;
  welcome_bonus_points: number;
  rewards: PublicReward[];
  promotions: RunningPromotion[];
  terms_text: string;
  privacy_url: string;
  card_color: string;
  card_secondary_color: string;
  self_enrollment: boolean;
}

/** A reward on offer, as the enrolment page shows it. */
export interface PublicReward {
  id: number;
  name: string;
  description: string;
  points_cost: number;
}

/** A receipt. `can_return`: bringing something back would be allowed just now, to somebody whose PIN is right. */
export interface Purchase {
  id: number;
  card_id: number;
  card_number: string;
  customer_name: string;
  order_reference: string;
  purchase_amount_cents: number;
  returned_cents: number;
  items: Item[];
  store: string;
  store_name: string;
  can_return: boolean;
  recorded_offline: boolean;
  purchased_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface PurchasePage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: Purchase[];
}

/** What a receipt gave, and the card after it. `reward_ready`: this call has filled the card. */
export interface PurchaseRecorded {
  purchase: Purchase;
  transactions: Transaction[];
  promotions: PromotionPart[];
  points: PointsGiven;
  stamp: StampGiven;
  settled: Amounts;
  reward_ready: boolean;
  card: Card;
}

export interface PurchaseRequest {
  purchase_amount_cents: number;
  order_reference?: string;
  stamps?: number | null;
  items?: ItemRequest[];
  notes?: string;
  occurred_at?: string | null;
}

/** What bringing back took. `shortfall`: stamps or points that are owed by this call, because they are spent. */
export interface PurchaseReturned {
  purchase: Purchase;
  transactions: Transaction[];
  shortfall: number;
  owed: Amounts;
  card: Card;
}

/** A receipt with all that happened to it, oldest first. */
export interface PurchaseWithReturns {
  id: number;
  card_id: number;
  card_number: string;
  customer_name: string;
  order_reference: string;
  purchase_amount_cents: number;
  returned_cents: number;
  items: Item[];
  store: string;
  store_name: string;
  can_return: boolean;
  recorded_offline: boolean;
  purchased_at: string;
  returns: Return[];
  transactions: Transaction[];
}

/** What a receipt would give, and the card as it would be. */
export interface Quote {
  points: number;
  stamps: number;
  promotions: PromotionPart[];
  stamp: StampGiven;
  settled: Amounts;
  reward_ready: boolean;
  card: Card;
}

export interface RedeemPointsRequest {
  reward_id: number;
  notes?: string;
}

export interface RedeemStampsRequest {
  notes?: string;
}

export interface ReplaceCardRequest {
  reason: string;
  new_number?: boolean;
}

export interface ReplayRequest {
  /** Events from this moment on; they are kept for 30 days. */
  since: string;
}

/** How many events are sent again. */
export interface Replayed {
  events: number;
}

/** A card; `deleted_at` and `deleted_by` are null while it lives. */
export interface RestoredCardRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  card_number: string;
  is_active: boolean;
  valid_at_store: string | null;
  enrolled_at_store: string | null;
  customer: CardHolder;
  loyalty_type: LoyaltyTypeEnum;
  stamp_count: number;
  stamps_owed: number;
  stamps_target: number;
  stamps_until_reward: number;
  total_stamps_earned: number;
  stamps_redeemed: number;
  points_balance: number;
  points_owed: number;
  points_fraction: number;
  total_points_earned: number;
  points_redeemed: number;
  total_points_voided: number;
  last_stamp_at: string | null;
  last_points_at: string | null;
  last_redemption_at: string | null;
  last_activity_at: string | null;
  created_at: string;
  merchant: string;
  /** Model -> count. */
  restored: Record<string, number>;
}

/** A customer; `deleted_at` and `deleted_by` are null while they live. */
export interface RestoredCustomerRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  name: string;
  email: string | null;
  phone: string;
  birth_date: string | null;
  language: string;
  tags: string[];
  merchant: string;
  marketing_consent: boolean;
  is_active: boolean;
  created_at: string;
  /** Model -> count. */
  restored: Record<string, number>;
}

/** A merchant; `deleted_at` and `deleted_by` are null while it lives. */
export interface RestoredMerchantRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  slug: string;
  name: string;
  contact_email: string;
  currency: string;
  timezone: string;
  default_language: string;
  is_active: boolean;
  created_at: string;
  /** Model -> count. */
  restored: Record<string, number>;
}

/** A program; `deleted_at` and `deleted_by` are null while it lives. */
export interface RestoredProgramRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  /** The merchant's slug. */
  merchant: string;
  loyalty_type: LoyaltyTypeEnum;
  is_active: boolean;
  activated_at: string | null;
  card_name: string;
  card_color: string;
  card_secondary_color: string;
  stamps_target: number;
  stamps_reward_description: string;
  stamps_reward_value_cents: number | null;
  points_per_euro: string;
  minimum_purchase_cents: number;
  maximum_purchase_cents: number | null;
  /** `maximum_purchase_cents`, or what holds without it. */
  largest_purchase_cents: number;
  minimum_redemption_points: number;
  welcome_bonus_points: number;
  points_expiration_days: number | null;
  expiry_requires_warning: boolean;
  point_value_cents: string;
  /** Amounts that make no whole point stay on the card until they do. */
  carry_remainders: boolean;
  cooldown_minutes: number;
  max_daily_stamps: number;
  require_staff_pin: boolean;
  /** Purchases may give more than the rate says; a quote says how much. */
  has_promotions: boolean;
  terms_text: string;
  privacy_url: string;
  rewards: Reward[];
  settings: ProgramSettings;
  /** Model -> count. */
  restored: Record<string, number>;
}

/** A store; `deleted_at` and `deleted_by` are null while it lives. */
export interface RestoredStoreRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  merchant: string;
  store_code: string;
  name: string;
  city: string;
  country: string;
  timezone: string;
  is_active: boolean;
  created_at: string;
  /** Model -> count. */
  restored: Record<string, number>;
}

/** A user; `deleted_at` and `deleted_by` are null while they live. */
export interface RestoredUserRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  email: string;
  name: string;
  is_active: boolean;
  is_operator: boolean;
  last_login: string | null;
  created_at: string;
  /** Model -> count. */
  restored: Record<string, number>;
}

/** Something of a purchase that was brought back; `undone_at` if that was a mistake. */
export interface Return {
  id: number;
  amount_cents: number;
  returned_at: string;
  undone_at: string | null;
}

/** What bringing back would take, what of it would be owed, and the card as it would be. */
export interface ReturnQuote {
  points: number;
  stamps: number;
  owed: Amounts;
  card: Card;
}

export interface ReturnQuoteRequest {
  amount_cents?: number | null;
  reason?: string;
}

export interface ReturnRequest {
  amount_cents?: number | null;
  reason: string;
}

/** What points buy, on offer or not. */
export interface Reward {
  id: number;
  name: string;
  description: string;
  points_cost: number;
  value_cents: number | null;
  is_active: boolean;
}

/** A reward on offer. With an `id`, or a name that is there, that reward is changed. */
export interface RewardEntryRequest {
  id?: number;
  name: string;
  description?: string;
  points_cost: number;
  value_cents?: number | null;
  is_active?: boolean;
}

/** A reward on offer, and how far it is away. */
export interface RewardInReach {
  id: number;
  name: string;
  points_cost: number;
  affordable: boolean;
  missing: number;
}

/** A reward for points, with the name and cost it had then. */
export interface RewardThen {
  id: number;
  name: string;
  points_cost: number;
}

export type RoleEnum = "operator" | "owner" | "manager" | "staff";

/** A promotion that counts at a store now; `until` is when it pauses or ends, null if it goes on. */
export interface RunningPromotion {
  id: number;
  name: string;
  until: string | null;
}

/** The secret from now on, which is shown this once; the one before signs as well for 24 hours. */
export interface Secret {
  secret: string;
}

/** Somebody has got a card. */
export interface SelfEnrolled {
  already_enrolled: boolean;
  card: NewCard;
  locations: Location[];
}

/** What may be told about a person; null is as good as nothing. */
export interface SelfEnrollmentRequest {
  phone?: string | null;
  birth_date?: string | null;
  language?: LanguageEnum | NullEnum;
  marketing_consent?: boolean | null;
  email?: string | null;
  name?: string | null;
  brought_by?: string;
  accept_terms: boolean;
}

/** What may be told about a person; null is as good as nothing. */
export interface StaffEnrollmentRequest {
  phone?: string | null;
  birth_date?: string | null;
  language?: LanguageEnum | NullEnum;
  marketing_consent?: boolean | null;
  email?: string | null;
  customer_id?: number | null;
  name?: string | null;
  create_if_missing?: boolean;
  nameless?: boolean;
}

/** A name on the terminal's chooser. */
export interface StaffName {
  id: number;
  name: string;
  locked: boolean;
}

/** Who has typed their PIN. */
export interface StaffPerson {
  id: number;
  name: string;
}

/** A PIN as managers see it: never the PIN itself. A lock-out that is over is none. */
export interface StaffPin {
  id: number;
  name: string;
  staff_code: string;
  is_active: boolean;
  failed_attempts: number;
  locked_until: string | null;
  last_used_at: string | null;
}

/** One page of a list, and where its neighbours are. */
export interface StaffPinPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: StaffPin[];
}

/** `retry_after`: the seconds until a stamp would be given. */
export interface StampGiven {
  given: number;
  code: string | null;
  retry_after: number | null;
}

/** What a full card is good for; `ready` if this one is full. */
export interface StampReward {
  description: string;
  ready: boolean;
}

/** `reward_ready`: this call has filled the card. */
export interface Stamped {
  transaction: Transaction;
  settled: Amounts;
  card: Card;
  reward_ready: boolean;
}

/** The figures of a program or of a store; `daily` is the last days, one by one. `is_rebuilding`: the merchant's time zone was changed, and the days that are over are being made anew. Every figure is right meanwhile, and takes longer. */
export interface Statistics {
  is_rebuilding: boolean;
  total_cards: number;
  active_cards: number;
  total_stamps_issued: number;
  total_stamps_redeemed: number;
  stamps_this_month: number;
  redemptions_this_month: number;
  total_points_issued: number;
  total_points_redeemed: number;
  total_points_expired: number;
  total_points_voided: number;
  points_this_month: number;
  points_redemptions_this_month: number;
  cards_with_activity_30d: number;
  average_stamps_per_card: number;
  average_points_per_card: number;
  redemption_rate: number;
  estimated_liability_cents: number;
  daily: Day[];
}

/** A store as its staff see it; `role` is the caller's. */
export interface Store {
  store_code: string;
  name: string;
  city: string;
  merchant: MerchantName;
  timezone: string;
  role: RoleEnum;
  currency: string;
  /** Of its minor unit, in which amounts are: EUR 2, JPY 0, KWD 3. */
  currency_digits: number;
  country: string;
  default_language: string;
}

/** One page of a list, and where its neighbours are. */
export interface StorePage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: Store[];
}

/** A store; `deleted_at` and `deleted_by` are null while it lives. */
export interface StoreRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  merchant: string;
  store_code: string;
  name: string;
  city: string;
  country: string;
  timezone: string;
  is_active: boolean;
  created_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface StoreRowPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: StoreRow[];
}

/** The figures of a store beside those of the whole program. */
export interface StoreStatistics {
  store: Statistics;
  program: Statistics;
}

export interface SwitchCardRequest {
  reason?: string;
}

export type SwitchedOffEnum = "gone" | "failing";

/** A line of the ledger. `can_void`: undoing it would be allowed just now, to somebody whose PIN is right. */
export interface Transaction {
  id: number;
  card_id: number;
  card_number: string;
  customer_name: string;
  transaction_type: TransactionTypeEnum;
  stamps_delta: number;
  stamps_balance_after: number;
  stamps_owed_after: number;
  points_delta: number;
  points_balance_after: number;
  points_owed_after: number;
  points_fraction_after: number;
  purchase_id: number | null;
  purchase_amount_cents: number | null;
  order_reference: string;
  promotions: PromotionPart[];
  reward: RewardThen | null;
  reward_name: string;
  voids: number | null;
  voided_by: number | null;
  can_void: boolean;
  store: string | null;
  store_name: string | null;
  staff: string | null;
  notes: string;
  recorded_offline: boolean;
  transaction_at: string;
  created_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface TransactionPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: Transaction[];
}

export type TransactionTypeEnum = "card_created" | "welcome_bonus" | "stamp_earned" | "stamp_redeemed" | "stamp_voided" | "stamps_returned" | "points_earned" | "points_redeemed" | "points_voided" | "points_returned" | "points_adjustment" | "points_expired" | "card_deactivated" | "card_reactivated" | "card_replaced" | "merge_in" | "merge_out" | "opening_balance" | "debt_forgiven" | "expiry_adjusted" | "forgiveness_adjusted" | "friend_bonus";

export interface TypedPinRequest {
  pin: string;
}

export type TypesEnum = "card.enrolled" | "card.updated" | "card.replaced" | "card.merged" | "purchase.recorded" | "purchase.returned" | "stamps.given" | "stamps.redeemed" | "points.earned" | "friend.rewarded" | "points.redeemed" | "points.adjusted" | "points.expired" | "transaction.voided" | "program.updated" | "customer.updated" | "customer.erased";

/** What the terminal keeps after a right PIN. */
export interface UnlockedTerminal {
  token: string;
  expires_at: string;
  staff: StaffPerson;
}

/** A user; `deleted_at` and `deleted_by` are null while they live. */
export interface UserRow {
  deleted_at: string | null;
  deleted_by: string | null;
  id: number;
  email: string;
  name: string;
  is_active: boolean;
  is_operator: boolean;
  last_login: string | null;
  created_at: string;
}

/** One page of a list, and where its neighbours are. */
export interface UserRowPage {
  count: number;
  /** There are more than `count`. */
  count_is_minimum?: boolean;
  next: string | null;
  previous: string | null;
  results: UserRow[];
}

export interface VoidTransactionRequest {
  reason: string;
}

/** `shortfall`: stamps or points that are owed by this call, because they are spent. */
export interface Voided {
  transaction: Transaction;
  settled: Amounts;
  card: Card;
  shortfall: number;
  owed: Amounts;
}

/** What the API refuses. */
export type ProblemCode =
  | "already_deleted"
  | "already_voided"
  | "body_too_large"
  | "card_already_active"
  | "card_already_inactive"
  | "card_ambiguous"
  | "card_code_not_found"
  | "card_code_taken"
  | "card_inactive"
  | "card_not_found"
  | "card_number_mistyped"
  | "cards_not_mergeable"
  | "confirmation_required"
  | "csrf_failed"
  | "customer_identifier_required"
  | "customer_not_found"
  | "daily_stamp_limit"
  | "delivery_not_found"
  | "endpoint_not_allowed"
  | "endpoint_not_found"
  | "idempotency_key_required"
  | "idempotency_key_reused"
  | "invalid"
  | "length_required"
  | "manager_required"
  | "merchant_not_found"
  | "not_acceptable"
  | "not_authenticated"
  | "not_enough_points"
  | "not_enough_stamps"
  | "not_found"
  | "not_voidable"
  | "nothing_owed"
  | "operator_required"
  | "order_reference_required"
  | "order_reference_used"
  | "owner_required"
  | "pin_invalid"
  | "pin_locked"
  | "pin_name_taken"
  | "pin_not_found"
  | "pin_too_simple"
  | "program_exists"
  | "program_inactive"
  | "program_not_found"
  | "program_type_mismatch"
  | "promotion_fixed"
  | "promotion_not_found"
  | "purchase_below_minimum"
  | "purchase_not_found"
  | "rate_limited"
  | "restore_conflict"
  | "return_exceeds_purchase"
  | "reward_below_minimum"
  | "reward_not_found"
  | "scope_missing"
  | "self_enrollment_disabled"
  | "staff_pin_required"
  | "stamp_cooldown"
  | "store_not_found"
  | "too_many_card_codes"
  | "too_many_endpoints"
  | "too_many_promotions"
  | "transaction_not_found"
  | "unavailable"
  | "unsupported_media_type"
  | "user_not_found"
  | "void_disabled"
  | "void_other_store"
  | "void_window_passed";
