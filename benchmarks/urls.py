"""The site's addresses, and the smallest view to compare with."""

from django.urls import include, path

from benchmarks.smallest_view import SmallestStamp

urlpatterns = [
    path("yardstick/<int:card_id>/", SmallestStamp.as_view()),
    path("", include("loyalty_site.urls")),
]
