"""The addresses of the customers' pages."""

from django.urls import path, register_converter

from loyalty.pages import converters, home, invitation, poster, problems
from loyalty.pages.customer import brand, card, enrollment, install, own_data, person, wallet

register_converter(converters.BrandColors, "brand")
register_converter(converters.AccessToken, "token")
register_converter(converters.PictureName, "picture")

urlpatterns = [
    path("", home.show, name="home"),
    path("join/<slug:store_code>/", enrollment.join, name="join"),
    path("join/<slug:store_code>/done/", enrollment.done, name="join-done"),
    path("join/<slug:store_code>/poster/", poster.poster, name="join-poster"),
    path("join/<slug:store_code>/poster.pdf", poster.poster_pdf, name="join-poster-pdf"),
    path("card/worker.js", install.worker, name="card-worker"),
    path("card/<token:access_token>/", card.show, name="card"),
    path("card/<token:access_token>/history/", card.history, name="card-history"),
    path("card/<token:access_token>/wallet/", wallet.wallet, name="card-wallet"),
    path("card/<token:access_token>/export.json", person.export, name="card-export"),
    path("card/<token:access_token>/data/", own_data.change, name="card-data"),
    path("card/<token:access_token>/phone/", own_data.phone, name="card-phone"),
    path("card/email/<str:confirmation>/", own_data.confirm_email, name="card-email-confirm"),
    path("card/<token:access_token>/erase/", person.erase, name="card-erase"),
    path(
        "card/<token:access_token>/erase/<str:confirmation>/",
        person.confirm_erasure,
        name="card-erase-confirm",
    ),
    path("card/<token:access_token>/card.webmanifest", install.manifest, name="card-manifest"),
    path("card/<token:access_token>/take-along.svg", install.take_along, name="card-take-along"),
    path("invitation/<str:token>/", invitation.show, name="invitation"),
    path("problems/<slug:code>", problems.show, name="problem"),
    path("brand/<brand:brand>.css", brand.stylesheet, name="brand-css"),
    path("brand/<str:use>/<picture:name>.webp", brand.picture, name="brand-picture"),
    path("brand/<brand:brand>/<str:letter>-<int:size>.png", brand.icon, name="brand-icon"),
]
