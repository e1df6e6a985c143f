"""The addresses of the terminal and of signing in to it."""

from django.urls import path

from loyalty.pages.terminal import sign_in, views

urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("terminal/", views.choose, name="terminal-choose"),
    # With a dot in it, no store's code can be the same.
    path("terminal/sw.js", views.worker, name="terminal-worker"),
    path("terminal/shell.html", views.empty_shell, name="terminal-shell"),
    path("terminal/<slug:store_code>/", views.show, name="terminal"),
    path("terminal/<slug:store_code>/till.webmanifest", views.manifest, name="terminal-manifest"),
    path("terminal/<slug:store_code>/today.json", views.today, name="terminal-today"),
]
