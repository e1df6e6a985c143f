"""Answers: rows become plain JSON values, in the caller's language. `loyalty.api.shapes` describes them."""
