"""The start page: what this is, and the way in for each kind of user."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from loyalty.pages.customer.presentation import StampCard

SAMPLE_COLORS = ("1f5c4a", "f2d43d")
SAMPLE = StampCard.drawn(target=10, count=7, icon="star")


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """For anyone."""
    return render(request, "pages/home.html", {"stamps": SAMPLE, "brand_colors": SAMPLE_COLORS})
