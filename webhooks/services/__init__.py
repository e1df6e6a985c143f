"""Endpoints, and what they are told. Nothing here talks to the network inside a transaction."""
