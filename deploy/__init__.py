"""How the site is deployed: configurations, and a cluster to try them in (`deploy.lab`)."""
