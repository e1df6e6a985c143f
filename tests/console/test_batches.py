"""Batches of printed cards in the console: made, downloaded for the printer, revoked when a box is lost."""

import base64
import re
import zlib

import pytest
from django.test import Client
from django.utils import timezone

from groundwork.errors import NoLongerAllowed
from groundwork.formats import qr
from groundwork.jobs import service as jobs
from loyalty.models import CardBatch, CardDesign, LoyaltyCard, PrintedCard
from loyalty.outputs import printed as shown
from loyalty.services import printed
from tenancy.models import BackgroundJob, FilePiece
from tests import factories
from tests.console.asking import content, download
from tests.console.world import World, address, list_address, said


def made(world: World, **fields: object) -> CardBatch:
    data = {"name": "Spring", "store": world.shop.store.pk, "count": 3, "design": "color"} | fields
    world.client("manager").post(list_address(CardBatch) + "add/", data)
    with factories.inside(world.shop):
        return CardBatch.objects.get(name=data["name"])


def test_a_manager_makes_a_batch_and_takes_its_files(world: World) -> None:
    batch = made(world)
    manager = world.client("manager")
    with factories.inside(world.shop):
        assert (batch.count, batch.created_by, batch.program) == (3, world.shop.manager, world.shop.program)
        first, *others = batch.cards.order_by("pk")
        printed.first_scan(store=world.shop.store, actor=factories.actor(), text=first.card_number)
    lines = b"".join(manager.get(address(batch, "number_list")).streaming_content).decode().splitlines()[1:]
    assert lines[0].startswith(f"{first.display_number},,2")
    assert lines[1:] == [f"{card.display_number},{card.qr_code_data}," for card in others]
    pdf = manager.get(address(batch, "print_pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    assert "no-store" in pdf["Cache-Control"]
    assert (pdf.content[:5], len(re.findall(rb"/Type /Page\b", pdf.content))) == (b"%PDF-", 2)
    page = manager.get(address(batch)).content.decode()
    assert first.qr_code_data not in page


def test_a_batch_is_refused_with_more_cards_than_a_page_can_draw(world: World) -> None:
    data = {"name": "Many", "store": world.shop.store.pk, "count": 5_001, "design": "color"}
    response = world.client("manager").post(list_address(CardBatch) + "add/", data)
    assert list(response.context["adminform"].form.errors) == ["count"]
    with factories.inside(world.shop):
        assert not CardBatch.objects.filter(name="Many").exists()


def test_many_cards_are_drawn_in_the_background_and_are_for_who_asked_until_the_box_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loyalty.console.batch.DRAWN_AT_ONCE", 2)
    batch, manager = made(world), world.client("manager")
    assert "in the background" in manager.get(address(batch, "print_pdf")).content.decode()
    assert not BackgroundJob.objects.filter(kind="print").exists()
    job = asked_for(manager, batch)
    assert (job.kind, job.state, job.user) == ("print", "waiting", world.shop.manager)
    jobs.run_due()
    page = manager.get(address(job)).content.decode()
    assert "3 cards are in the file." in page
    file = download(world, "manager", job)
    assert (file["Content-Type"], file["Content-Length"]) == (
        "application/pdf",
        str(len(drawn := content(file))),
    )
    assert (drawn[:5], len(re.findall(rb"/Type /Page\b", drawn))) == (b"%PDF-", 3)
    assert download(world, "owner", job).status_code == 404

    waiting = asked_for(manager, batch)
    manager.post(address(batch, "revoke"))
    assert download(world, "manager", job).status_code == 404
    assert "The batch was revoked meanwhile." in manager.get(address(waiting)).content.decode()
    jobs.run_due()
    with factories.inside(world.shop):
        assert not FilePiece.objects.filter(job__in=[job, waiting]).exists()


def test_what_was_asked_for_in_the_moment_in_which_the_box_was_revoked_is_not_drawn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loyalty.console.batch.DRAWN_AT_ONCE", 2)
    batch = made(world)
    job = asked_for(world.client("manager"), batch)
    with factories.inside(world.shop):
        CardBatch.objects.filter(pk=batch.pk).update(revoked_at=timezone.now())
    jobs.run_due()
    job.refresh_from_db()
    assert (job.state, job.error, job.file_size) == ("failed", str(NoLongerAllowed.message), 0)


def asked_for(manager: Client, batch: CardBatch) -> BackgroundJob:
    """The job whose page the button leads to."""
    response = manager.post(address(batch, "print_pdf"))
    job = BackgroundJob.objects.order_by("-id")[0]
    assert response["Location"] == address(job)
    return job


def test_a_lost_box_is_revoked_and_its_files_are_gone(world: World) -> None:
    batch = made(world)
    manager = world.client("manager")
    assert said(manager.post(address(batch, "revoke"), follow=True)) == ["The batch is revoked."]
    assert manager.get(address(batch, "print_pdf")).status_code == 403
    with factories.inside(world.shop):
        number = batch.cards.first().card_number
        cards = LoyaltyCard.objects.count()
        assert printed.first_scan(store=world.shop.store, actor=factories.actor(), text=number) is None
        assert LoyaltyCard.objects.count() == cards


def test_what_is_printed_is_what_a_scanner_reads(world: World) -> None:
    batch = made(world, design=CardDesign.WHITE, count=1)
    with factories.inside(world.shop):
        card = PrintedCard.objects.get(batch=batch)
        file = shown.pdf(batch, [card])
    assert b"/FontFile2" in file
    assert b"/TrimBox" in file
    bars = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", _drawing(file))[2:]
    border = qr.QUIET_ZONE
    wanted = [list(row) for row in qr.code(card.qr_code_data).matrix_iter(border=border)]
    drawn = [[0] * len(wanted) for _row in wanted]
    side = shown.QR_SIDE / len(wanted)
    left, top = shown.BLEED + shown.WIDTH - shown.MARGIN - shown.QR_SIDE, (shown.HEIGHT + shown.QR_SIDE) / 2
    for x, y, wide, _high in (map(float, bar) for bar in bars):
        down, across = round((top + shown.BLEED - y) / side) - 1, round((x - left) / side)
        for place in range(round(wide / side)):
            drawn[down][across + place] = 1
    assert drawn == [[int(bool(dark)) for dark in row] for row in wanted]


def _drawing(file: bytes) -> str:
    """What is drawn on the first page of a PDF."""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", file, re.DOTALL):
        ended = stream.rstrip()  # of what is packed, a last byte may be a space as well
        packed = base64.a85decode(ended.removesuffix(b"~>")) if ended.endswith(b"~>") else stream
        text = zlib.decompressobj().decompress(packed).decode("latin-1")
        if text.startswith("1 0 0 1 0 0 cm"):
            return text
    raise AssertionError("nothing is drawn")


@pytest.mark.parametrize("count", ["5001", "0", "-1"])
def test_a_batch_of_no_cards_or_too_many_is_refused_in_the_words_of_the_shop(
    world: World, count: str
) -> None:
    data = {"name": "Odd", "store": world.shop.store.pk, "count": count, "design": "color"}
    form = world.client("manager").post(list_address(CardBatch) + "add/", data).context["adminform"].form
    assert form.errors == {"count": ["A batch has 1 to 5,000 cards. Make several for more."]}
    with factories.inside(world.shop):
        assert not CardBatch.objects.filter(name="Odd").exists()


def test_of_a_batch_whose_cards_are_all_in_use_no_empty_page_is_printed(world: World) -> None:
    batch, manager = made(world, count=1), world.client("manager")
    with factories.inside(world.shop):
        number = batch.cards.get().card_number
        printed.first_scan(store=world.shop.store, actor=factories.actor(), text=number)
    answer = manager.get(address(batch, "print_pdf"), follow=True)
    assert answer.redirect_chain == [(address(batch), 302)]
    assert said(answer) == ["All cards of this batch are in use: there is nothing left to print."]
