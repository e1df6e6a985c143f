"""Mutants: each takes one guard out of a copy of this checkout, and the tests named for it must turn red.

`make mutants`, or python -m tests.mutants [NAME...] [--jobs N] [--log FILE] [--list]
"""
