"""What anybody may call: a store's program, and getting a card. No sign-in, no CSRF, no key."""
