// What the till's calls answer, made of the API's own description by `make types`: never changed by hand.

/** Stamps and points. */
export interface Amounts {
  stamps: number;
  points: number;
}

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

/** What is wrong with one field. */
export interface FieldError {
  /** Empty if it is about the body as a whole. */
  field: string;
  code: string;
  message: string;
}

/** A line of a receipt, as the till sent it. */
export interface Item {
  sku: string;
  category: string;
  quantity: number;
  amount_cents: number;
}

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

/** What points buy, on offer or not. */
export interface Reward {
  id: number;
  name: string;
  description: string;
  points_cost: number;
  value_cents: number | null;
  is_active: boolean;
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

/** The figures of a store beside those of the whole program. */
export interface StoreStatistics {
  store: Statistics;
  program: Statistics;
}

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

/** What the terminal keeps after a right PIN. */
export interface UnlockedTerminal {
  token: string;
  expires_at: string;
  staff: StaffPerson;
}

/** `shortfall`: stamps or points that are owed by this call, because they are spent. */
export interface Voided {
  transaction: Transaction;
  settled: Amounts;
  card: Card;
  shortfall: number;
  owed: Amounts;
}
