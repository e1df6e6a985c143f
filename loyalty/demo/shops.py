"""The merchants of the demo, as a table: programs, rewards, stores, sign-ins and PINs."""

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import Any

OPERATOR = ("operator@example.com", "demo-operator")


@dataclass(frozen=True)
class Shop:
    """One merchant. `customers`: how many there are; `sign_ins`: (e-mail, password, role), at all stores.

    `promotions`: their fields, and how many days ago each was switched on; None for a draft.
    """

    slug: str
    name: str
    stores: tuple[dict[str, Any], ...]
    program: dict[str, Any]
    rewards: tuple[dict[str, Any], ...]
    sign_ins: tuple[tuple[str, str, str], ...]
    pins: tuple[tuple[str, str], ...]
    customers: int
    settings: dict[str, Any] = field(default_factory=dict)
    promotions: tuple[tuple[int | None, dict[str, Any]], ...] = ()


def _texts(name: str, en: str, fr: str, de: str, lb: str) -> dict[str, str]:
    return {f"{name}_en": en, f"{name}_fr": fr, f"{name}_de": de, f"{name}_lb": lb}


def _reward(cost: int, value_cents: int, en: str, fr: str, de: str, lb: str) -> dict[str, Any]:
    return {"points_cost": cost, "value_cents": value_cents, **_texts("name", en, fr, de, lb)}


def _terms(shop: str) -> dict[str, str]:
    return _texts(
        "terms_text",
        f"The card is free and personal. Stamps and points have no cash value. {shop} may end the program with "
        "three months' notice.",
        f"La carte est gratuite et personnelle. Tampons et points n’ont pas de valeur en espèces. {shop} peut "
        "mettre fin au programme avec un préavis de trois mois.",
        f"Die Karte ist gratis und persönlich. Stempel und Punkte haben keinen Barwert. {shop} kann das Programm "
        "mit einer Frist von drei Monaten beenden.",
        f"D'Kaart ass gratis a perséinlech. Stempelen a Punkten hu kee Boerwäert. {shop} kann de Programm mat "
        "enger Frist vun dräi Méint ophalen.",
    )


MIRABEL = Shop(
    slug="mirabel",
    name="Café Mirabel",
    stores=(
        {
            "store_code": "mirabel-gare",
            "name": "Café Mirabel Gare",
            "address_line1": "12, avenue de la Gare",
            "postal_code": "L-1610",
            "city": "Luxembourg",
            "latitude": "49.600100",
            "longitude": "6.133700",
            "phone": "+35227123401",
            "opening_hours": "Mo–Fr 7:00–18:30\nSa 8:00–17:00",
        },
        {
            "store_code": "mirabel-kirchberg",
            "name": "Café Mirabel Kirchberg",
            "address_line1": "5, avenue J.F. Kennedy",
            "postal_code": "L-1855",
            "city": "Luxembourg",
            "latitude": "49.628700",
            "longitude": "6.155200",
            "phone": "+35227123402",
            "opening_hours": "Mo–Fr 7:00–17:30",
        },
    ),
    program={
        "loyalty_type": "hybrid",
        "stamps_target": 10,
        "stamps_reward_value_cents": 350,
        "points_per_euro": "10",
        "point_value_cents": "0.6",
        "welcome_bonus_points": 50,
        "cooldown_minutes": 15,
        "require_staff_pin": True,
        "card_color": "#c2553a",
        "card_secondary_color": "#fff3df",
        **_texts("card_name", "Mirabel card", "Carte Mirabel", "Mirabel-Karte", "Mirabel-Kaart"),
        **_texts(
            "stamps_reward_description",
            "a drink on the house",
            "une boisson offerte",
            "ein Gratisgetränk",
            "e gratis Gedrénks",
        ),
        **_terms("Café Mirabel"),
    },
    rewards=(
        _reward(500, 280, "Croissant", "Croissant", "Croissant", "Croissant"),
        _reward(1500, 1250, "Breakfast", "Petit-déjeuner", "Frühstück", "Kaffi a Kichelcher"),
    ),
    sign_ins=(
        ("owner@mirabel.example", "demo-owner", "owner"),
        ("manager@mirabel.example", "demo-manager", "manager"),
        ("staff@mirabel.example", "demo-staff", "staff"),
    ),
    pins=(("Léa", "4711"), ("Marc", "8052")),
    customers=28,
    promotions=(
        (
            120,
            {
                **_texts("name", "Quiet Tuesday", "Mardi calme", "Ruhiger Dienstag", "Rouegen Dënschdeg"),
                "factor": Decimal(2),
                "weekdays": [2],
                "from_time": time(14),
                "until_time": time(17),
                "card_day_limit": 100,
            },
        ),
        (
            60,
            {
                **_texts(
                    "name",
                    "Welcome back",
                    "Content de vous revoir",
                    "Schön, Sie wiederzusehen",
                    "Schéin, Iech erëmzegesinn",
                ),
                "effect": "points",
                "amount": 20,
                "audience": "back_after",
                "days": 30,
            },
        ),
        (
            20,
            {
                **_texts(
                    "name",
                    "Bring a friend",
                    "Amenez quelqu’un",
                    "Freunde mitbringen",
                    "Bréngt Frënn mat",
                ),
                "effect": "points",
                "amount": 50,
                "audience": "brought_by_friend",
                "friend_amount": 50,
                "month_limit": 5,
                "least_cents": 500,
            },
        ),
    ),
)

ALZETTE = Shop(
    slug="alzette",
    name="Bäckerei Alzette",
    stores=(
        {
            "store_code": "alzette-esch",
            "name": "Bäckerei Alzette Esch",
            "address_line1": "31, rue de l'Alzette",
            "postal_code": "L-4010",
            "city": "Esch-sur-Alzette",
            "latitude": "49.495100",
            "longitude": "5.984400",
            "phone": "+35227123411",
            "opening_hours": "Di–Sa 6:30–18:00\nSo 7:00–12:00",
        },
        {
            "store_code": "alzette-belval",
            "name": "Bäckerei Alzette Belval",
            "address_line1": "7, avenue du Rock'n'Roll",
            "postal_code": "L-4361",
            "city": "Belval",
            "latitude": "49.502900",
            "longitude": "5.947500",
            "phone": "+35227123412",
            "opening_hours": "Mo–Sa 6:30–19:00",
        },
    ),
    program={
        "loyalty_type": "stamps",
        "stamps_target": 6,
        "stamps_reward_value_cents": 420,
        "cooldown_minutes": 0,
        "max_daily_stamps": 50,
        "require_staff_pin": True,
        "card_color": "#1f5c4a",
        "card_secondary_color": "#f2d43d",
        **_texts("card_name", "Bread card", "Carte du pain", "Brotkarte", "Broutkaart"),
        **_texts(
            "stamps_reward_description",
            "a loaf of bread",
            "un pain offert",
            "ein Brot gratis",
            "e Brout gratis",
        ),
        **_terms("Bäckerei Alzette"),
    },
    rewards=(),
    sign_ins=(
        ("owner@alzette.example", "demo-owner", "owner"),
        ("staff@alzette.example", "demo-staff", "staff"),
    ),
    pins=(("Tom", "4711"),),
    customers=16,
    settings={"allow_cross_location_redemption": False},
)

SAUER = Shop(
    slug="sauer",
    name="Librairie Sauer",
    stores=(
        {
            "store_code": "sauer-echternach",
            "name": "Librairie Sauer",
            "address_line1": "4, place du Marché",
            "postal_code": "L-6460",
            "city": "Echternach",
            "latitude": "49.811900",
            "longitude": "6.421800",
            "phone": "+35227123421",
            "opening_hours": "Di–Fr 9:30–18:30\nSa 9:00–18:00",
        },
    ),
    program={
        "loyalty_type": "points",
        "points_per_euro": "1",
        "points_expiration_days": 365,
        "minimum_purchase_cents": 500,
        "point_value_cents": "5",
        "require_staff_pin": False,
        "card_color": "#1b2440",
        "card_secondary_color": "#c9a24b",
        **_texts("card_name", "Reader's card", "Carte du lecteur", "Lesekarte", "Lieserkaart"),
        **_terms("Librairie Sauer"),
    },
    rewards=(
        _reward(50, 250, "Bookmark", "Marque-page", "Lesezeichen", "Lieszeechen"),
        _reward(200, 1000, "10 € voucher", "Bon de 10 €", "Gutschein über 10 €", "Bong iwwer 10 €"),
    ),
    sign_ins=(
        ("owner@sauer.example", "demo-owner", "owner"),
        ("staff@sauer.example", "demo-staff", "staff"),
    ),
    pins=(),
    customers=16,
    promotions=(
        (
            None,
            {
                **_texts("name", "Reading week", "Semaine de la lecture", "Lesewoche", "Lieswoch"),
                "factor": Decimal("1.5"),
                "weekdays": [1, 2, 3, 4, 5],
                "least_cents": 2000,
                "budget": 5000,
            },
        ),
    ),
)

SHOPS = (MIRABEL, ALZETTE, SAUER)
