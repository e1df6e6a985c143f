"""What is told of each resource, to API and pages alike: its type, and beside it the function that makes it.

A type is the whole description of an answer: mypy holds the function to it, and `loyalty.api.described` makes the
OpenAPI document of it. What an `Annotated` says besides the type is for that document. Texts are in the caller's
language. Statistics are told as `loyalty.reporting.figures` has them.
"""
