"""What the API takes and answers. Made of the API's description by `make clients`: never changed by hand."""

from typing import Literal, NotRequired, TypeAlias, TypedDict


class AdjustPointsRequest(TypedDict):
    points_delta: int
    reason: str


class Amounts(TypedDict):
    """Stamps and points."""

    stamps: int
    points: int


class CanStamp(TypedDict):
    """Whether a stamp would be given just now; `code` says why not, `retry_after` the seconds until it would."""

    allowed: bool
    code: str | None
    retry_after: int | None
    next_stamp_at: str | None


class Card(TypedDict):
    """A card at a store, with what may be done there just now. `owed_from`: what is owed comes from there.
    `promotions`: those by which a purchase there would be given something now, a sentence each.
    """

    id: int
    card_number: str
    is_active: bool
    valid_at_store: str | None
    enrolled_at_store: str | None
    customer: "CardHolder"
    loyalty_type: "LoyaltyTypeEnum"
    stamp_count: int
    stamps_owed: int
    stamps_target: int
    stamps_until_reward: int
    total_stamps_earned: int
    stamps_redeemed: int
    points_balance: int
    points_owed: int
    points_fraction: int
    total_points_earned: int
    points_redeemed: int
    total_points_voided: int
    last_stamp_at: str | None
    last_points_at: str | None
    last_redemption_at: str | None
    last_activity_at: str | None
    created_at: str
    owed_from: "OwedFrom | None"
    stamps_today: int
    max_daily_stamps: int
    points_expire_at: str | None
    can_stamp: "CanStamp"
    rewards: "list[RewardInReach]"
    stamp_reward: "StampReward"
    promotions: list[str]
    passes: "Passes"


class CardCode(TypedDict):
    """A code that means a card: an EAN, a QR text, an NFC id of an earlier system."""

    id: int
    card_id: int
    code: str
    created_at: str


class CardCodeRequest(TypedDict):
    code: str


class CardHolder(TypedDict):
    """Whose card it is; `email_problem` if letters to that address come back."""

    id: int
    name: str
    email: str | None
    phone: str
    birth_date: str | None
    language: str
    tags: list[str]
    email_problem: bool


class CardPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[Card]"


class CardRow(TypedDict):
    """A card; `deleted_at` and `deleted_by` are null while it lives."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    card_number: str
    is_active: bool
    valid_at_store: str | None
    enrolled_at_store: str | None
    customer: "CardHolder"
    loyalty_type: "LoyaltyTypeEnum"
    stamp_count: int
    stamps_owed: int
    stamps_target: int
    stamps_until_reward: int
    total_stamps_earned: int
    stamps_redeemed: int
    points_balance: int
    points_owed: int
    points_fraction: int
    total_points_earned: int
    points_redeemed: int
    total_points_voided: int
    last_stamp_at: str | None
    last_points_at: str | None
    last_redemption_at: str | None
    last_activity_at: str | None
    created_at: str
    merchant: str


class CardRowPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[CardRow]"


class CardThen(TypedDict):
    """What a card had at a moment, as its ledger says."""

    id: int
    card_number: str
    at: str
    stamp_count: int
    stamps_owed: int
    points_balance: int
    points_owed: int
    points_fraction: int


class CustomerFacts(TypedDict):
    """What somebody has told about themselves; a `birth_date` without its year is of 1904, a leap year."""

    id: int
    name: str
    email: str | None
    phone: str
    birth_date: str | None
    language: str
    tags: list[str]


class CustomerRow(TypedDict):
    """A customer; `deleted_at` and `deleted_by` are null while they live."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    name: str
    email: str | None
    phone: str
    birth_date: str | None
    language: str
    tags: list[str]
    merchant: str
    marketing_consent: bool
    is_active: bool
    created_at: str


class CustomerRowPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[CustomerRow]"


class Day(TypedDict):
    """The figures of one day, in the merchant's time zone."""

    date: str
    new_cards: int
    stamps: int
    stamps_redeemed: int
    points_issued: int
    points_redeemed: int
    points_expired: int


class Delivery(TypedDict):
    """One event on its way to one endpoint. `trouble`: why there was no answer, in a word."""

    id: int
    event_id: str
    type: str
    state: "DeliveryStateEnum"
    attempts: int
    next_attempt_at: str | None
    attempted_at: str | None
    response_status: int | None
    response_body: str
    trouble: str
    created_at: str


class DeliveryPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[Delivery]"


class EarnPointsRequest(TypedDict):
    purchase_amount_cents: int
    order_reference: "NotRequired[str]"
    notes: "NotRequired[str]"
    occurred_at: "NotRequired[str | None]"


class Endpoint(TypedDict):
    """An address that is told of events; `types` empty: of all. `switched_off`: not by its owner, and why."""

    id: int
    merchant: str
    url: str
    types: list[str]
    description: str
    is_active: bool
    switched_off: "SwitchedOffEnum | BlankEnum"
    failing_since: str | None
    created_at: str


class EndpointPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[Endpoint]"


class Enrolled(TypedDict):
    """What the till gets: the card, new or not, and where it works."""

    card: "Card"
    already_enrolled: bool
    locations: "list[Location]"
    merge_suggestion: list[int]
    card_url: str | None


class Event(TypedDict):
    """Something that happened, in the words in which endpoints are told."""

    id: str
    type: str
    timestamp: str
    data: "EventData"


class EventData(TypedDict):
    """What an event is about; its type says which of these there are. `sequence` grows with each event of a
    card.
    """

    sequence: int
    transaction: "NotRequired[Transaction | None]"
    transactions: "NotRequired[list[Transaction]]"
    card: "NotRequired[Card]"
    purchase: "NotRequired[Purchase]"
    customer: "NotRequired[CustomerFacts]"
    program: "NotRequired[Program]"


class Feed(TypedDict):
    """Events in their order. `next_cursor` is where to go on reading, also where there is nothing more yet."""

    events: "list[Event]"
    next_cursor: str
    has_more: bool


class FieldError(TypedDict):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class ForgiveDebtRequest(TypedDict):
    reason: str


class GiveStampsRequest(TypedDict):
    count: "NotRequired[int]"
    notes: "NotRequired[str]"
    occurred_at: "NotRequired[str | None]"


class Item(TypedDict):
    """A line of a receipt, as the till sent it."""

    sku: str
    category: str
    quantity: int
    amount_cents: int


class ItemRequest(TypedDict):
    sku: "NotRequired[str]"
    category: "NotRequired[str]"
    quantity: int
    amount_cents: int


class KnownAlready(TypedDict):
    """Nothing but where the card that exists already works."""

    already_enrolled: bool
    locations: "list[Location]"


class Location(TypedDict):
    """Where a card works."""

    store_code: str
    name: str
    city: str


class MerchantName(TypedDict):
    """Whose store or card it is."""

    slug: str
    name: str


class MerchantRow(TypedDict):
    """A merchant; `deleted_at` and `deleted_by` are null while it lives."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    slug: str
    name: str
    contact_email: str
    currency: str
    timezone: str
    default_language: str
    is_active: bool
    created_at: str


class MerchantRowPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[MerchantRow]"


class MergeCardsRequest(TypedDict):
    into_card_id: int
    reason: str


class NewCard(TypedDict):
    """What the public gets to see of a new card."""

    card_number: str
    card_url: str | None
    stamp_count: int
    stamps_target: int
    points_balance: int


class NewEndpoint(TypedDict):
    """With its secret, which is shown this once."""

    id: int
    merchant: str
    url: str
    types: list[str]
    description: str
    is_active: bool
    switched_off: "SwitchedOffEnum | BlankEnum"
    failing_since: str | None
    created_at: str
    secret: str


class NewEndpointRequest(TypedDict):
    url: str
    types: "NotRequired[list[TypesEnum]]"
    description: "NotRequired[str]"
    is_active: "NotRequired[bool]"
    merchant: "NotRequired[str]"


class NewPinRequest(TypedDict):
    name: str
    pin: str
    staff_code: "NotRequired[str]"
    is_active: "NotRequired[bool]"


class NewProgramRequest(TypedDict):
    """Any of a program's fields. Texts are in the caller's language; `card_name_fr` names another one."""

    loyalty_type: "LoyaltyTypeEnum"
    is_active: "NotRequired[bool]"
    stamps_target: "NotRequired[int]"
    stamps_reward_value_cents: "NotRequired[int | None]"
    points_per_euro: "NotRequired[str]"
    minimum_purchase_cents: "NotRequired[int]"
    maximum_purchase_cents: "NotRequired[int | None]"
    minimum_redemption_points: "NotRequired[int]"
    welcome_bonus_points: "NotRequired[int]"
    points_expiration_days: "NotRequired[int | None]"
    expiry_requires_warning: "NotRequired[bool]"
    point_value_cents: "NotRequired[str]"
    carry_remainders: "NotRequired[bool]"
    cooldown_minutes: "NotRequired[int]"
    max_daily_stamps: "NotRequired[int]"
    require_staff_pin: "NotRequired[bool]"
    card_color: "NotRequired[str]"
    card_secondary_color: "NotRequired[str]"
    privacy_url: "NotRequired[str]"
    rewards: "NotRequired[list[RewardEntryRequest]]"
    confirm: "NotRequired[bool]"
    merchant: str
    card_name: "NotRequired[str]"
    card_name_en: "NotRequired[str]"
    card_name_fr: "NotRequired[str]"
    card_name_de: "NotRequired[str]"
    card_name_lb: "NotRequired[str]"
    stamps_reward_description: "NotRequired[str]"
    stamps_reward_description_en: "NotRequired[str]"
    stamps_reward_description_fr: "NotRequired[str]"
    stamps_reward_description_de: "NotRequired[str]"
    stamps_reward_description_lb: "NotRequired[str]"
    terms_text: "NotRequired[str]"
    terms_text_en: "NotRequired[str]"
    terms_text_fr: "NotRequired[str]"
    terms_text_de: "NotRequired[str]"
    terms_text_lb: "NotRequired[str]"


class NewPromotionRequest(TypedDict):
    """Any of a promotion's fields. The name is in the caller's language; `name_fr` names another one."""

    name: str
    effect: "NotRequired[EffectEnum]"
    factor: "NotRequired[str | None]"
    amount: "NotRequired[int | None]"
    first_day: "NotRequired[str | None]"
    last_day: "NotRequired[str | None]"
    weekdays: "NotRequired[list[int]]"
    from_time: "NotRequired[str | None]"
    until_time: "NotRequired[str | None]"
    store_ids: "NotRequired[list[int]]"
    audience: "NotRequired[AudienceEnum]"
    days: "NotRequired[int | None]"
    every: "NotRequired[int | None]"
    tag: "NotRequired[str]"
    friend_amount: "NotRequired[int | None]"
    month_limit: "NotRequired[int | None]"
    least_cents: "NotRequired[int]"
    skus: "NotRequired[list[str]]"
    categories: "NotRequired[list[str]]"
    card_day_limit: "NotRequired[int | None]"
    card_limit: "NotRequired[int | None]"
    budget: "NotRequired[int | None]"
    not_with: "NotRequired[list[int]]"
    name_de: "NotRequired[str]"
    name_en: "NotRequired[str]"
    name_fr: "NotRequired[str]"
    name_lb: "NotRequired[str]"


class OwedFrom(TypedDict):
    """The purchase of which something was taken back that had been spent, and when."""

    purchase_id: int
    order_reference: str
    returned_at: str


class Passes(TypedDict):
    """How the card stands in each wallet."""

    apple: str | None
    google: str | None


class PatchedChangedEndpointRequest(TypedDict):
    url: "NotRequired[str]"
    types: "NotRequired[list[TypesEnum]]"
    description: "NotRequired[str]"
    is_active: "NotRequired[bool]"


class PatchedChangedPinRequest(TypedDict):
    """Any part of it."""

    name: "NotRequired[str]"
    pin: "NotRequired[str]"
    staff_code: "NotRequired[str]"
    is_active: "NotRequired[bool]"


class PatchedChangedProgramRequest(TypedDict):
    """Any of a program's fields. Texts are in the caller's language; `card_name_fr` names another one."""

    loyalty_type: "NotRequired[LoyaltyTypeEnum]"
    is_active: "NotRequired[bool]"
    stamps_target: "NotRequired[int]"
    stamps_reward_value_cents: "NotRequired[int | None]"
    points_per_euro: "NotRequired[str]"
    minimum_purchase_cents: "NotRequired[int]"
    maximum_purchase_cents: "NotRequired[int | None]"
    minimum_redemption_points: "NotRequired[int]"
    welcome_bonus_points: "NotRequired[int]"
    points_expiration_days: "NotRequired[int | None]"
    expiry_requires_warning: "NotRequired[bool]"
    point_value_cents: "NotRequired[str]"
    carry_remainders: "NotRequired[bool]"
    cooldown_minutes: "NotRequired[int]"
    max_daily_stamps: "NotRequired[int]"
    require_staff_pin: "NotRequired[bool]"
    card_color: "NotRequired[str]"
    card_secondary_color: "NotRequired[str]"
    privacy_url: "NotRequired[str]"
    rewards: "NotRequired[list[RewardEntryRequest]]"
    confirm: "NotRequired[bool]"
    card_name: "NotRequired[str]"
    card_name_en: "NotRequired[str]"
    card_name_fr: "NotRequired[str]"
    card_name_de: "NotRequired[str]"
    card_name_lb: "NotRequired[str]"
    stamps_reward_description: "NotRequired[str]"
    stamps_reward_description_en: "NotRequired[str]"
    stamps_reward_description_fr: "NotRequired[str]"
    stamps_reward_description_de: "NotRequired[str]"
    stamps_reward_description_lb: "NotRequired[str]"
    terms_text: "NotRequired[str]"
    terms_text_en: "NotRequired[str]"
    terms_text_fr: "NotRequired[str]"
    terms_text_de: "NotRequired[str]"
    terms_text_lb: "NotRequired[str]"


class PatchedChangedPromotionRequest(TypedDict):
    """Any of a promotion's fields. The name is in the caller's language; `name_fr` names another one."""

    name: "NotRequired[str]"
    effect: "NotRequired[EffectEnum]"
    factor: "NotRequired[str | None]"
    amount: "NotRequired[int | None]"
    first_day: "NotRequired[str | None]"
    last_day: "NotRequired[str | None]"
    weekdays: "NotRequired[list[int]]"
    from_time: "NotRequired[str | None]"
    until_time: "NotRequired[str | None]"
    store_ids: "NotRequired[list[int]]"
    audience: "NotRequired[AudienceEnum]"
    days: "NotRequired[int | None]"
    every: "NotRequired[int | None]"
    tag: "NotRequired[str]"
    friend_amount: "NotRequired[int | None]"
    month_limit: "NotRequired[int | None]"
    least_cents: "NotRequired[int]"
    skus: "NotRequired[list[str]]"
    categories: "NotRequired[list[str]]"
    card_day_limit: "NotRequired[int | None]"
    card_limit: "NotRequired[int | None]"
    budget: "NotRequired[int | None]"
    not_with: "NotRequired[list[int]]"
    name_de: "NotRequired[str]"
    name_en: "NotRequired[str]"
    name_fr: "NotRequired[str]"
    name_lb: "NotRequired[str]"


class PointsGiven(TypedDict):
    """`code` says why there are none."""

    given: int
    code: str | None


class Posted(TypedDict):
    """What an operation wrote, and the card after it. `settled`: what of it paid stamps or points that were
    owed.
    """

    transaction: "Transaction"
    settled: "Amounts"
    card: "Card"


class Problem(TypedDict):
    """RFC 9457. Some codes carry more members, for example `retry_after`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: "NotRequired[list[FieldError]]"


class Program(TypedDict):
    """A program with its rewards and what a terminal needs."""

    id: int
    merchant: str
    loyalty_type: "LoyaltyTypeEnum"
    is_active: bool
    activated_at: str | None
    card_name: str
    card_color: str
    card_secondary_color: str
    stamps_target: int
    stamps_reward_description: str
    stamps_reward_value_cents: int | None
    points_per_euro: str
    minimum_purchase_cents: int
    maximum_purchase_cents: int | None
    largest_purchase_cents: int
    minimum_redemption_points: int
    welcome_bonus_points: int
    points_expiration_days: int | None
    expiry_requires_warning: bool
    point_value_cents: str
    carry_remainders: bool
    cooldown_minutes: int
    max_daily_stamps: int
    require_staff_pin: bool
    has_promotions: bool
    terms_text: str
    privacy_url: str
    rewards: "list[Reward]"
    settings: "ProgramSettings"


class ProgramRow(TypedDict):
    """A program; `deleted_at` and `deleted_by` are null while it lives."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    merchant: str
    loyalty_type: "LoyaltyTypeEnum"
    is_active: bool
    activated_at: str | None
    card_name: str
    card_color: str
    card_secondary_color: str
    stamps_target: int
    stamps_reward_description: str
    stamps_reward_value_cents: int | None
    points_per_euro: str
    minimum_purchase_cents: int
    maximum_purchase_cents: int | None
    largest_purchase_cents: int
    minimum_redemption_points: int
    welcome_bonus_points: int
    points_expiration_days: int | None
    expiry_requires_warning: bool
    point_value_cents: str
    carry_remainders: bool
    cooldown_minutes: int
    max_daily_stamps: int
    require_staff_pin: bool
    has_promotions: bool
    terms_text: str
    privacy_url: str
    rewards: "list[Reward]"
    settings: "ProgramSettings"


class ProgramRowPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[ProgramRow]"


class ProgramSettings(TypedDict):
    """What the merchant allows at the till."""

    allow_void_transactions: bool
    require_order_reference: bool
    allow_cross_location_redemption: bool


class PromotionPart(TypedDict):
    """What a promotion gave, or took: whole points, and ten-thousandths of another of the same sign."""

    id: int
    name: str
    points: int
    points_fraction: int
    stamps: int


class PromotionRow(TypedDict):
    """A promotion. `amount` and the bounds are in what it gives, points or stamps; empty lists ask for nothing."""

    id: int
    program_id: int
    name: str
    state: "PromotionRowStateEnum"
    effect: "EffectEnum"
    factor: str | None
    amount: int | None
    first_day: str | None
    last_day: str | None
    weekdays: list[int]
    from_time: str | None
    until_time: str | None
    store_ids: list[int]
    audience: "AudienceEnum"
    days: int | None
    every: int | None
    tag: str
    friend_amount: int | None
    month_limit: int | None
    least_cents: int
    skus: list[str]
    categories: list[str]
    card_day_limit: int | None
    card_limit: int | None
    budget: int | None
    left: int | None
    not_with: list[int]
    planned_at: str | None
    stopped_at: str | None
    created_at: str
    updated_at: str


class PromotionRowPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[PromotionRow]"


class PublicProgram(TypedDict):
    """What the enrolment page shows: nothing of fraud limits, nothing of rewards that are not on offer."""

    store: "Location"
    merchant: "MerchantName"
    card_name: str
    loyalty_type: "LoyaltyTypeEnum"
    stamps_target: int
    stamps_reward_description: str
    points_per_euro: str
    welcome_bonus_points: int
    rewards: "list[PublicReward]"
    promotions: "list[RunningPromotion]"
    terms_text: str
    privacy_url: str
    card_color: str
    card_secondary_color: str
    self_enrollment: bool


class PublicReward(TypedDict):
    """A reward on offer, as the enrolment page shows it."""

    id: int
    name: str
    description: str
    points_cost: int


class Purchase(TypedDict):
    """A receipt. `can_return`: bringing something back would be allowed just now, to somebody whose PIN is
    right.
    """

    id: int
    card_id: int
    card_number: str
    customer_name: str
    order_reference: str
    purchase_amount_cents: int
    returned_cents: int
    items: "list[Item]"
    store: str
    store_name: str
    can_return: bool
    recorded_offline: bool
    purchased_at: str


class PurchasePage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[Purchase]"


class PurchaseRecorded(TypedDict):
    """What a receipt gave, and the card after it. `reward_ready`: this call has filled the card."""

    purchase: "Purchase"
    transactions: "list[Transaction]"
    promotions: "list[PromotionPart]"
    points: "PointsGiven"
    stamp: "StampGiven"
    settled: "Amounts"
    reward_ready: bool
    card: "Card"


class PurchaseRequest(TypedDict):
    purchase_amount_cents: int
    order_reference: "NotRequired[str]"
    stamps: "NotRequired[int | None]"
    items: "NotRequired[list[ItemRequest]]"
    notes: "NotRequired[str]"
    occurred_at: "NotRequired[str | None]"


class PurchaseReturned(TypedDict):
    """What bringing back took. `shortfall`: stamps or points that are owed by this call, because they are
    spent.
    """

    purchase: "Purchase"
    transactions: "list[Transaction]"
    shortfall: int
    owed: "Amounts"
    card: "Card"


class PurchaseWithReturns(TypedDict):
    """A receipt with all that happened to it, oldest first."""

    id: int
    card_id: int
    card_number: str
    customer_name: str
    order_reference: str
    purchase_amount_cents: int
    returned_cents: int
    items: "list[Item]"
    store: str
    store_name: str
    can_return: bool
    recorded_offline: bool
    purchased_at: str
    returns: "list[Return]"
    transactions: "list[Transaction]"


class Quote(TypedDict):
    """What a receipt would give, and the card as it would be."""

    points: int
    stamps: int
    promotions: "list[PromotionPart]"
    stamp: "StampGiven"
    settled: "Amounts"
    reward_ready: bool
    card: "Card"


class RedeemPointsRequest(TypedDict):
    reward_id: int
    notes: "NotRequired[str]"


class RedeemStampsRequest(TypedDict):
    notes: "NotRequired[str]"


class ReplaceCardRequest(TypedDict):
    reason: str
    new_number: "NotRequired[bool]"


class ReplayRequest(TypedDict):
    since: str


class Replayed(TypedDict):
    """How many events are sent again."""

    events: int


class RestoredCardRow(TypedDict):
    """A card; `deleted_at` and `deleted_by` are null while it lives."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    card_number: str
    is_active: bool
    valid_at_store: str | None
    enrolled_at_store: str | None
    customer: "CardHolder"
    loyalty_type: "LoyaltyTypeEnum"
    stamp_count: int
    stamps_owed: int
    stamps_target: int
    stamps_until_reward: int
    total_stamps_earned: int
    stamps_redeemed: int
    points_balance: int
    points_owed: int
    points_fraction: int
    total_points_earned: int
    points_redeemed: int
    total_points_voided: int
    last_stamp_at: str | None
    last_points_at: str | None
    last_redemption_at: str | None
    last_activity_at: str | None
    created_at: str
    merchant: str
    restored: dict[str, int]


class RestoredCustomerRow(TypedDict):
    """A customer; `deleted_at` and `deleted_by` are null while they live."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    name: str
    email: str | None
    phone: str
    birth_date: str | None
    language: str
    tags: list[str]
    merchant: str
    marketing_consent: bool
    is_active: bool
    created_at: str
    restored: dict[str, int]


class RestoredMerchantRow(TypedDict):
    """A merchant; `deleted_at` and `deleted_by` are null while it lives."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    slug: str
    name: str
    contact_email: str
    currency: str
    timezone: str
    default_language: str
    is_active: bool
    created_at: str
    restored: dict[str, int]


class RestoredProgramRow(TypedDict):
    """A program; `deleted_at` and `deleted_by` are null while it lives."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    merchant: str
    loyalty_type: "LoyaltyTypeEnum"
    is_active: bool
    activated_at: str | None
    card_name: str
    card_color: str
    card_secondary_color: str
    stamps_target: int
    stamps_reward_description: str
    stamps_reward_value_cents: int | None
    points_per_euro: str
    minimum_purchase_cents: int
    maximum_purchase_cents: int | None
    largest_purchase_cents: int
    minimum_redemption_points: int
    welcome_bonus_points: int
    points_expiration_days: int | None
    expiry_requires_warning: bool
    point_value_cents: str
    carry_remainders: bool
    cooldown_minutes: int
    max_daily_stamps: int
    require_staff_pin: bool
    has_promotions: bool
    terms_text: str
    privacy_url: str
    rewards: "list[Reward]"
    settings: "ProgramSettings"
    restored: dict[str, int]


class RestoredStoreRow(TypedDict):
    """A store; `deleted_at` and `deleted_by` are null while it lives."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    merchant: str
    store_code: str
    name: str
    city: str
    country: str
    timezone: str
    is_active: bool
    created_at: str
    restored: dict[str, int]


class RestoredUserRow(TypedDict):
    """A user; `deleted_at` and `deleted_by` are null while they live."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    email: str
    name: str
    is_active: bool
    is_operator: bool
    last_login: str | None
    created_at: str
    restored: dict[str, int]


class Return(TypedDict):
    """Something of a purchase that was brought back; `undone_at` if that was a mistake."""

    id: int
    amount_cents: int
    returned_at: str
    undone_at: str | None


class ReturnQuote(TypedDict):
    """What bringing back would take, what of it would be owed, and the card as it would be."""

    points: int
    stamps: int
    owed: "Amounts"
    card: "Card"


class ReturnQuoteRequest(TypedDict):
    amount_cents: "NotRequired[int | None]"
    reason: "NotRequired[str]"


class ReturnRequest(TypedDict):
    amount_cents: "NotRequired[int | None]"
    reason: str


class Reward(TypedDict):
    """What points buy, on offer or not."""

    id: int
    name: str
    description: str
    points_cost: int
    value_cents: int | None
    is_active: bool


class RewardEntryRequest(TypedDict):
    """A reward on offer. With an `id`, or a name that is there, that reward is changed."""

    id: "NotRequired[int]"
    name: str
    description: "NotRequired[str]"
    points_cost: int
    value_cents: "NotRequired[int | None]"
    is_active: "NotRequired[bool]"


class RewardInReach(TypedDict):
    """A reward on offer, and how far it is away."""

    id: int
    name: str
    points_cost: int
    affordable: bool
    missing: int


class RewardThen(TypedDict):
    """A reward for points, with the name and cost it had then."""

    id: int
    name: str
    points_cost: int


class RunningPromotion(TypedDict):
    """A promotion that counts at a store now; `until` is when it pauses or ends, null if it goes on."""

    id: int
    name: str
    until: str | None


class Secret(TypedDict):
    """The secret from now on, which is shown this once; the one before signs as well for 24 hours."""

    secret: str


class SelfEnrolled(TypedDict):
    """Somebody has got a card."""

    already_enrolled: bool
    card: "NewCard"
    locations: "list[Location]"


class SelfEnrollmentRequest(TypedDict):
    """What may be told about a person; null is as good as nothing."""

    phone: "NotRequired[str | None]"
    birth_date: "NotRequired[str | None]"
    language: "NotRequired[LanguageEnum | NullEnum]"
    marketing_consent: "NotRequired[bool | None]"
    email: "NotRequired[str | None]"
    name: "NotRequired[str | None]"
    brought_by: "NotRequired[str]"
    accept_terms: bool


class StaffEnrollmentRequest(TypedDict):
    """What may be told about a person; null is as good as nothing."""

    phone: "NotRequired[str | None]"
    birth_date: "NotRequired[str | None]"
    language: "NotRequired[LanguageEnum | NullEnum]"
    marketing_consent: "NotRequired[bool | None]"
    email: "NotRequired[str | None]"
    customer_id: "NotRequired[int | None]"
    name: "NotRequired[str | None]"
    create_if_missing: "NotRequired[bool]"
    nameless: "NotRequired[bool]"


class StaffName(TypedDict):
    """A name on the terminal's chooser."""

    id: int
    name: str
    locked: bool


class StaffPerson(TypedDict):
    """Who has typed their PIN."""

    id: int
    name: str


class StaffPin(TypedDict):
    """A PIN as managers see it: never the PIN itself. A lock-out that is over is none."""

    id: int
    name: str
    staff_code: str
    is_active: bool
    failed_attempts: int
    locked_until: str | None
    last_used_at: str | None


class StaffPinPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[StaffPin]"


class StampGiven(TypedDict):
    """`retry_after`: the seconds until a stamp would be given."""

    given: int
    code: str | None
    retry_after: int | None


class StampReward(TypedDict):
    """What a full card is good for; `ready` if this one is full."""

    description: str
    ready: bool


class Stamped(TypedDict):
    """`reward_ready`: this call has filled the card."""

    transaction: "Transaction"
    settled: "Amounts"
    card: "Card"
    reward_ready: bool


class Statistics(TypedDict):
    """The figures of a program or of a store; `daily` is the last days, one by one. `is_rebuilding`: the
    merchant's time zone was changed, and the days that are over are being made anew. Every figure is right
    meanwhile, and takes longer.
    """

    is_rebuilding: bool
    total_cards: int
    active_cards: int
    total_stamps_issued: int
    total_stamps_redeemed: int
    stamps_this_month: int
    redemptions_this_month: int
    total_points_issued: int
    total_points_redeemed: int
    total_points_expired: int
    total_points_voided: int
    points_this_month: int
    points_redemptions_this_month: int
    cards_with_activity_30d: int
    average_stamps_per_card: float
    average_points_per_card: float
    redemption_rate: float
    estimated_liability_cents: int
    daily: "list[Day]"


class Store(TypedDict):
    """A store as its staff see it; `role` is the caller's."""

    store_code: str
    name: str
    city: str
    merchant: "MerchantName"
    timezone: str
    role: "RoleEnum"
    currency: str
    currency_digits: int
    country: str
    default_language: str


class StorePage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[Store]"


class StoreRow(TypedDict):
    """A store; `deleted_at` and `deleted_by` are null while it lives."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    merchant: str
    store_code: str
    name: str
    city: str
    country: str
    timezone: str
    is_active: bool
    created_at: str


class StoreRowPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[StoreRow]"


class StoreStatistics(TypedDict):
    """The figures of a store beside those of the whole program."""

    store: "Statistics"
    program: "Statistics"


class SwitchCardRequest(TypedDict):
    reason: "NotRequired[str]"


class Transaction(TypedDict):
    """A line of the ledger. `can_void`: undoing it would be allowed just now, to somebody whose PIN is right."""

    id: int
    card_id: int
    card_number: str
    customer_name: str
    transaction_type: "TransactionTypeEnum"
    stamps_delta: int
    stamps_balance_after: int
    stamps_owed_after: int
    points_delta: int
    points_balance_after: int
    points_owed_after: int
    points_fraction_after: int
    purchase_id: int | None
    purchase_amount_cents: int | None
    order_reference: str
    promotions: "list[PromotionPart]"
    reward: "RewardThen | None"
    reward_name: str
    voids: int | None
    voided_by: int | None
    can_void: bool
    store: str | None
    store_name: str | None
    staff: str | None
    notes: str
    recorded_offline: bool
    transaction_at: str
    created_at: str


class TransactionPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[Transaction]"


class TypedPinRequest(TypedDict):
    pin: str


class UnlockedTerminal(TypedDict):
    """What the terminal keeps after a right PIN."""

    token: str
    expires_at: str
    staff: "StaffPerson"


class UserRow(TypedDict):
    """A user; `deleted_at` and `deleted_by` are null while they live."""

    deleted_at: str | None
    deleted_by: str | None
    id: int
    email: str
    name: str
    is_active: bool
    is_operator: bool
    last_login: str | None
    created_at: str


class UserRowPage(TypedDict):
    """One page of a list, and where its neighbours are."""

    count: int
    count_is_minimum: "NotRequired[bool]"
    next: str | None
    previous: str | None
    results: "list[UserRow]"


class VoidTransactionRequest(TypedDict):
    reason: str


class Voided(TypedDict):
    """`shortfall`: stamps or points that are owed by this call, because they are spent."""

    transaction: "Transaction"
    settled: "Amounts"
    card: "Card"
    shortfall: int
    owed: "Amounts"

AudienceEnum: TypeAlias = Literal['everybody', 'first_purchase', 'birthday', 'every_nth_visit', 'back_after', 'with_tag', 'brought_by_friend']

BlankEnum: TypeAlias = Literal['']

DeliveryStateEnum: TypeAlias = Literal['waiting', 'delivered', 'failed', 'dead']

EffectEnum: TypeAlias = Literal['factor', 'points', 'stamps']

LanguageEnum: TypeAlias = Literal['en', 'fr', 'de', 'lb']

LoyaltyTypeEnum: TypeAlias = Literal['stamps', 'points', 'hybrid']

NullEnum: TypeAlias = None

PromotionRowStateEnum: TypeAlias = Literal['draft', 'planned', 'running', 'ended', 'stopped']

RoleEnum: TypeAlias = Literal['operator', 'owner', 'manager', 'staff']

SwitchedOffEnum: TypeAlias = Literal['gone', 'failing']

TransactionTypeEnum: TypeAlias = Literal['card_created', 'welcome_bonus', 'stamp_earned', 'stamp_redeemed', 'stamp_voided', 'stamps_returned', 'points_earned', 'points_redeemed', 'points_voided', 'points_returned', 'points_adjustment', 'points_expired', 'card_deactivated', 'card_reactivated', 'card_replaced', 'merge_in', 'merge_out', 'opening_balance', 'debt_forgiven', 'expiry_adjusted', 'forgiveness_adjusted', 'friend_bonus']

TypesEnum: TypeAlias = Literal['card.enrolled', 'card.updated', 'card.replaced', 'card.merged', 'purchase.recorded', 'purchase.returned', 'stamps.given', 'stamps.redeemed', 'points.earned', 'friend.rewarded', 'points.redeemed', 'points.adjusted', 'points.expired', 'transaction.voided', 'program.updated', 'customer.updated', 'customer.erased']

CardOrCardThen: TypeAlias = Card | CardThen
