"""The addresses of the terminal and of signing in to it."""

from django.urls import path

from loyalty.pages.terminal import display, sign_in, views

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
    path("terminal/<slug:store_code>/display/", display.show, name="terminal-display"),
    path("terminal/<slug:store_code>/display/shown.json", display.shown, name="terminal-display-shown"),
    path("terminal/<slug:store_code>/display/tell/", display.tell, name="terminal-display-tell"),
    path("terminal/<slug:store_code>/display/code/", display.new_code, name="terminal-display-code"),
]
