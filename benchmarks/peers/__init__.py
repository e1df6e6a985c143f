"""The same stamp as others would build it, small and fair: same checks, same database, same client."""
