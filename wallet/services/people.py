"""A person's rights over their passes."""

from typing import Any

from customers.models import Customer
from wallet.models import WalletOffer, WalletPass
from wallet.services import passes


def export(customer: Customer) -> dict[str, Any]:
    """What is kept about a person's passes, and the devices that hold them."""
    kept = WalletPass.objects.filter(card__customer=customer).prefetch_related("registrations").order_by("pk")
    return {
        "wallet_passes": [
            {
                "wallet": each.platform,
                "serial_number": each.serial_number or each.object_id,
                "state": each.state,
                "created_at": each.created_at,
                "last_modified": each.last_modified,
                "fetched_at": each.fetched_at,
                "retired_at": each.retired_at,
                "devices": [
                    {
                        "device_library_identifier": device.device_library_identifier,
                        "push_token": device.push_token,
                        "registered_at": device.created_at,
                    }
                    for device in each.registrations.all()
                ],
            }
            for each in kept
        ],
        "wallet_offers": list(
            WalletOffer.objects.filter(card__customer=customer)
            .order_by("pk")
            .values("platform", "offered_at", "clicked_at", "made_at", "saved_at", "removed_at")
        ),
    }


def erase(customer: Customer) -> None:
    """The person is erased: their passes turn void and lose name and codes. Runs in the transaction that erases."""
    held = WalletPass.objects.filter(card__customer=customer)
    passes.retire(held)
    held.update(
        last_error="", left_out={}, left_out_at=None
    )  # a wallet's own words may repeat what it was sent
