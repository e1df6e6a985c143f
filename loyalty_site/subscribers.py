"""Who listens to which event, and who provides what to a lower app: names -> dotted paths.

The one place that joins the apps; read by `tenancy.registry`.
"""

SUBSCRIBERS: dict[str, list[str]] = {}

PROVIDERS: dict[str, list[str]] = {}
