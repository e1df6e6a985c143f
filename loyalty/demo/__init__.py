"""The demo: three merchants with their people, and 18 months of customers, all made through the services."""
