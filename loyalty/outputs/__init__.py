"""Answers: rows become plain JSON values, in the caller's language. The API and the pages send them."""
