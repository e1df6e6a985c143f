"""Customers of an earlier system are brought over: looked at first, the good lines of them, and once."""

import pytest

from customers.models import Customer
from groundwork.jobs import service as jobs
from groundwork.messaging import outbox
from loyalty.models import ImportBatch, LoyaltyTransaction
from loyalty.reporting import verification
from loyalty.services import cards as card_services
from notifications.models import EmailLog
from tenancy.models import BackgroundJob
from tests import factories
from tests.console.bringing import (
    GOOD,
    bring,
    card_of,
    check,
    confirm,
    faults,
    faulty_file,
    people,
)
from tests.console.world import World


def test_looking_at_a_file_counts_and_writes_nothing(world: World) -> None:
    before = people(world)
    figures = check(world, GOOD).context["figures"]
    assert {name: figure for name, figure in figures.items() if figure} == {
        "lines": 3,
        "new_customers": 3,
        "new_cards": 3,
        "balances": 3,
        "stamps": 16,
        "points": 170,
    }
    assert people(world) == before


def test_parts_of_points_are_counted_together(world: World) -> None:
    lines = "".join(f"person{number}@example.com,0.7500\n" for number in range(4))
    checked = check(world, f"email,points\n{lines}")
    assert (checked.context["figures"]["points"], checked.context["figures"]["points_fraction"]) == (3, 0)
    assert "4 balances (0 stamps, 3 points)" in confirm(world, checked).content.decode()


def test_large_numbers_have_marks_between_their_thousands(world: World) -> None:
    page = check(world, "email,stamps,points\na@example.com,9999,120000\n").content.decode()
    assert "9,999 stamps, 120,000 points" in page


def test_everybody_gets_a_card_with_their_balance(world: World) -> None:
    page = bring(world).content.decode()
    assert "3 new people, 3 cards, 3 balances (16 stamps, 170 points)" in page
    lea = card_of(world, "lea@example.com")
    assert (lea.stamp_count, lea.points_balance, lea.is_active) == (4, 120, True)
    person = lea.customer
    assert (person.name, person.phone, str(person.birth_date)) == (
        "Léa Muller",
        "+352621123456",
        "1990-12-31",
    )
    assert (person.preferred_language, person.marketing_consent) == ("fr", True)
    assert person.marketing_consent_at is not None
    (noted,) = person.agreements
    assert (noted["kind"], noted["given"]) == ("offers", True)
    assert noted["at"] == person.marketing_consent_at.isoformat()
    assert noted["wording"] == "Offres par e-mail\u00a0: consentement repris d’une liste antérieure."
    assert card_of(world, "marc@example.com").customer.agreements == []
    assert lea.enrolled_at_store == world.shop.store
    with factories.inside(world.shop):
        lines = LoyaltyTransaction.objects.filter(card=lea).order_by("id")
        assert [line.transaction_type for line in lines] == [
            "card_created",
            "opening_balance",
            "opening_balance",
        ]
        assert lines[1].user == world.shop.owner


def test_the_ledger_verifies_afterwards(world: World) -> None:
    bring(world)
    with factories.scope.everything("the whole ledger"):
        assert not list(verification.differences())


def test_the_same_file_twice_changes_nothing_the_second_time(world: World) -> None:
    bring(world)
    known = people(world)
    again = check(world, GOOD)
    figures = again.context["figures"]
    assert (figures["new_customers"], figures["new_cards"], figures["balances"]) == (0, 0, 0)
    confirm(world, again)
    assert people(world) == known
    assert card_of(world, "lea@example.com").stamp_count == 4


def test_one_preview_confirmed_twice_is_imported_once(world: World) -> None:
    checked = check(world, GOOD)
    confirm(world, checked)
    confirm(world, checked)
    assert card_of(world, "nora@example.com").stamp_count == 12


@pytest.mark.parametrize(
    "other",
    [{"kind": "export"}, {"state": "failed", "error": "Why"}, {"file_size": 0}],
    ids=["a list", "a failed preview", "a file that is gone"],
)
def test_only_a_preview_that_went_well_is_confirmed(world: World, other: dict[str, object]) -> None:
    check(world, GOOD)
    rows = BackgroundJob._base_manager.filter(kind="check")
    job, preview = rows.get(), rows.values("kind", "state", "error", "file_size").get()
    all_rows = BackgroundJob._base_manager.filter(pk=job.pk)
    all_rows.update(**other)
    before = all_rows.values().get()
    assert not jobs.confirm(job)
    assert all_rows.values().get() == before
    all_rows.update(**preview)
    assert jobs.confirm(job)


def test_somebody_who_has_a_card_keeps_it_and_gets_the_balance(world: World) -> None:
    known = world.mine["loyalty_loyaltycard"]  # two stamps, 50 points
    with factories.inside(world.shop):
        email = known.customer.email
    bring(world, f"email,name,phone,stamps\n{email.upper()},Somebody Else,621 123 456,3\n")
    after = card_of(world, email)
    assert (after.pk, after.stamp_count, after.points_balance) == (known.pk, 5, 50)
    assert after.customer.name == "Anna Weber"
    assert after.customer.phone == "+352621123456"


def test_every_bad_cell_is_named_and_the_good_lines_are_brought_in(world: World) -> None:
    before = people(world)
    response = check(
        world,
        "E-Mail;Nom;Téléphone;Geburtstag;Tampons\n"
        "good@example.com;Good;;;1\n"
        "not-an-address;Marc;;;1\n"
        ";Nobody;;;1\n"
        "a@example.com;A;call me;31.13.1990;-4\n"
        "good@example.com;Twice;;;1\n",
    )
    assert faults(response) == [
        (3, "E-Mail"),
        (5, "Téléphone"),
        (5, "Geburtstag"),
        (5, "Tampons"),
        (6, "E-Mail"),
    ]
    assert [(line["Line"], line["Nom"]) for line in faulty_file(world, response)] == [
        ("3", "Marc"),
        ("5", "A"),
        ("6", "Twice"),
    ]
    confirm(world, response)
    assert people(world) == before + 2
    assert card_of(world, "good@example.com").stamp_count == 1


def test_balances_that_the_program_has_not_are_refused(world: World) -> None:
    with factories.inside(world.shop):
        type(world.shop.program).objects.filter(pk=world.shop.program.pk).update(loyalty_type="stamps")
    assert faults(check(world, GOOD)) == [(2, "points"), (3, "points")]


def test_a_card_that_is_switched_off_is_named_with_its_line(world: World) -> None:
    bring(world)
    with factories.inside(world.shop):
        card = card_of(world, "nora@example.com")
        card_services.deactivate(
            store=world.shop.store, card_id=card.pk, actor=factories.actor(), reason="left"
        )
    assert faults(check(world, GOOD)) == [(4, "email")]


def test_who_is_switched_off_meanwhile_is_left_out_and_told(world: World) -> None:
    checked = check(world, GOOD)
    bring(world, "email\nnora@example.com\n")
    with factories.inside(world.shop):
        card = card_of(world, "nora@example.com")
        card_services.deactivate(
            store=world.shop.store, card_id=card.pk, actor=factories.actor(), reason="left"
        )
    response = confirm(world, checked)
    with factories.inside(world.shop):
        batch = ImportBatch.objects.get(pk=response.request["PATH_INFO"].split("/")[-3])
        assert (batch.figures["lines"], batch.figures["left_out"]) == (2, 1)
        assert Customer.objects.filter(email__in=["lea@example.com", "marc@example.com"]).count() == 2
    assert card_of(world, "nora@example.com").stamp_count == 0


def emails() -> list[tuple[str, str]]:
    return list(EmailLog._base_manager.order_by("pk").values_list("code", "customer__email"))


def test_nobody_is_written_to_unless_that_is_asked_for(world: World) -> None:
    bring(world)
    outbox.relay()
    before = emails()
    assert not [to for _code, to in before if to == "jos@example.com"]
    bring(world, "email,stamps\nasked@example.com,3\n", announce="on")
    outbox.relay()
    assert emails()[len(before) :] == [("loyalty_enrollment", "asked@example.com")]


def test_a_store_of_somebody_else_cannot_be_chosen(world: World) -> None:
    response = check(world, GOOD, store=world.stranger.store.pk)
    assert list(response.context["form"].errors) == ["store"]


@pytest.mark.parametrize("who", ["stranger", "operator", "manager", "staff", "anonymous"])
def test_a_preview_is_good_only_for_whoever_asked_for_it(world: World, who: str) -> None:
    checked = check(world, GOOD)
    page = checked.request["PATH_INFO"]
    for answer in (world.client(who).get(page), world.client(who).post(page)):
        is_sent_away = answer.status_code == 302 and answer["Location"].startswith("/admin/")
        assert is_sent_away or answer.status_code in (403, 404)
    with factories.inside(world.shop):
        assert not Customer.objects.filter(email="lea@example.com").exists()


def test_where_stores_keep_their_own_cards_an_imported_card_is_one_of_them(world: World) -> None:
    with factories.inside(world.shop):
        settings = world.mine["loyalty_merchantloyaltysettings"]
        settings.allow_cross_location_redemption = False
        settings.save()
    bring(world)
    assert card_of(world, "lea@example.com").scope_store == world.shop.store
