"""The addresses of the terminal and of signing in to it."""

from django.urls import path

from loyalty.pages import sign_in, terminal

urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("terminal/", terminal.choose, name="terminal-choose"),
    # With a dot in it, no store's code can be the same.
    path("terminal/sw.js", terminal.worker, name="terminal-worker"),
    path("terminal/shell.html", terminal.shell, name="terminal-shell"),
    path("terminal/<slug:store_code>/", terminal.show, name="terminal"),
    path("terminal/<slug:store_code>/today.json", terminal.today, name="terminal-today"),
]
