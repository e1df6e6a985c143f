"""What the headings of a file mean: in English, French, German and Luxembourgish, a little Portuguese, and as Square,
Shopify, Lightspeed, Mailchimp and Loopy write them. What is not known for sure is nothing: its owner says it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

NAMES = ("name", "family_first")
FIELDS: Mapping[str, str] = {
    "email": (
        "email mail email-1 mail-address email-adresse mailadresse mail-adresse adresse-mail adresse-email "
        "adresse-de-messagerie courriel email-address emailadresse correio-eletronico endereco-de-email adresse-e-mail "
        "e-mail-address e-mail-adresse email-1-value"
    ),
    "name": "full-name fullname nom-complet vollstandiger-name ganze-numm nome-completo prenom-et-nom display-name",
    "family_first": (
        "name-vorname nachname-vorname nom-prenom nom-et-prenom last-name-first-name last-first numm-virnumm "
        "apelido-nome"
    ),
    "first_name": "first-name firstname given-name forename prenom vorname virnumm primeiro-nome fname",
    "last_name": (
        "last-name lastname surname family-name nom-de-famille nachname familienname zuname familljennumm "
        "apelido sobrenome lname"
    ),
    "phone": (
        "phone telephone mobile tel tel-nr telefon telefonnummer handy handynummer mobil mobilnummer mobiltelefon "
        "rufnummer phone-number telephone-number mobile-number mobile-phone cell cell-phone portable gsm "
        "numero-de-telephone telephone-portable telephone-mobile telefone telemovel handy-nummer phone-1-value natel"
    ),
    "birth_date": (
        "birth-date birthdate birthday date-of-birth dob bday date-de-naissance naissance anniversaire geburtstag "
        "geburtsdatum geb-datum geb-dat geboren-am gebuertsdag gebuertsdatum data-de-nascimento aniversario"
    ),
    "language": "language langue sprache sprooch idioma lingua preferred-language locale langue-preferee",
    "marketing_consent": (
        "marketing-consent newsletter newsletter-abonniert accepts-email-marketing accepts-marketing email-opt-in "
        "email-marketing email-consent email-subscription-status email-marketing-consent newsletter-opt-in "
        "wants-offers-by-e-mail wants-offers-by-email inscription-newsletter abonne-newsletter "
        "mochte-angebote-per-e-mail well-offere-per-e-mail souhaite-des-offres-par-e-mail"
    ),
    "tags": "tags tag labels label groups group customer-tags customer-groups etiquettes etiquette groupe groupes "
    "schlagworte schlagworter gruppe gruppen kundengruppe segment segments",
    "code": (
        "code card-code barcode bar-code ean qr-code card-number cardnumber loyalty-card-number code-barres "
        "code-de-la-carte strichcode kartencode strichkode kartennummer karten-nr numero-de-carte codes "
        "codes-of-earlier-cards codes-d-anciennes-cartes codes-fruherer-karten code-vu-freiere-kaarten "
        "kaartennummer"
    ),
    "stamps": (
        "stamps stamp-count stamp-balance stamps-balance current-stamps tampons "
        "solde-de-tampons stempel stempelstand aktuelle-stempel stempelen carimbos selos"
    ),
    "points": (
        "points points-balance point-balance loyalty-points loyalty-balance current-points available-points "
        "points-available points-de-fidelite solde-de-points solde-points punkte punktestand aktuelle-punkte "
        "treuepunkte bonuspunkte punkten punktestand-aktuell pontos saldo-de-pontos"
    ),
    "stamps_owed": "stamps-owed owed-stamps tampons-dus offene-stempel oppe-stempelen op-stempelen carimbos-devidos",
    "points_owed": "points-owed owed-points points-dus offene-punkte oppe-punkten op-punkten pontos-devidos",
}
MEANT = {
    heading.replace("e-mail", "email"): field
    for field, headings in FIELDS.items()
    for heading in headings.split()
}
FAMILY_OR_WHOLE = frozenset({"name", "nom", "numm", "nome"})  # the family name, beside a first name
ALONE = {"first": "first_name", "last": "last_name"}  # as a heading of its own: "Last contact" is no name
WHOLE = frozenset({"kunde", "client", "customer", "client-name", "kundenname"})
BESIDES = frozenset(
    {
        "customer",
        "customers",
        "client",
        "kunde",
        "kunden",
        "contact",
        "kontakt",
        "primary",
        "default",
        "your",
        "address",
    }
    | {
        "member",
        "adresse",
        "principal",
        "private",
        "privat",
        "home",
        "work",
        "main",
        "1",
        "2",
        "3",
        "du",
        "de",
        "des",
    }
)
BESIDE_FIELDS = frozenset({"email", "phone", "first_name", "last_name", "birth_date"})
EVER = frozenset(
    {"lifetime", "total", "totals", "ever", "earned", "collected", "gesamt", "insgesamt", "gesamtpunkte"}
    | {"gesamtstempel", "cumul", "cumule", "cumules", "cumulated", "gagnes", "gesammelt", "redeemed", "spent"}
    | {"ganhos", "acumulados", "eingelost", "depenses", "utilises", "used"}
)
FIRST_OF_TWO = frozenset({"email", "phone", "language", "tags", "code", "first_name", "last_name", *NAMES})
GAPS = re.compile(r"[\W_]+")


def plain(heading: str) -> str:
    """A heading without what differs between programs: "Téléphone *" and "TELEPHONE" are "telephone"."""
    letters = unicodedata.normalize("NFKD", str(heading)[:200].casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return GAPS.sub("-", bare).strip("-")


def meaning(heading: str) -> str:
    """The field that a heading means, or "": exactly, or but for words such as "Customer" or "Default"."""
    name = plain(heading).replace("e-mail", "email")
    if name in FAMILY_OR_WHOLE | WHOLE:
        return "name"
    if name in MEANT or name in ALONE:
        return MEANT.get(name) or ALONE[name]
    words = name.split("-")
    kept = "-".join(word for word in words if word not in BESIDES)
    field = MEANT.get(kept, "")
    return field if field in BESIDE_FIELDS else ""


def says_just(heading: str, field: str) -> bool:
    """Whether a heading means a field without words beside it: "Phone" does, "Default Address Phone" does not."""
    return MEANT.get(plain(heading).replace("e-mail", "email")) == field


def is_of_all_time(heading: str) -> bool:
    """Whether a heading names a running total: what somebody ever got is not what they have."""
    return bool(EVER.intersection(plain(heading).split("-")))


def meanings(headings: Sequence[str]) -> list[str]:
    """What the headings of one file mean together: "Name" beside "Vorname" is the family name."""
    found = [meaning(heading) for heading in headings]
    parts = {"first_name", "last_name"}.intersection(found)
    missing = ({"first_name", "last_name"} - parts) if parts else set()
    for number, heading in enumerate(headings):
        if found[number] == "name" and parts:
            is_part = plain(heading) in FAMILY_OR_WHOLE
            found[number] = (*missing, "name")[0] if is_part else ""
    return found
