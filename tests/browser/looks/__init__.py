"""Pictures of every state of the terminal and of what customers see, to be looked at before a release: `make looks`.

Each state at five sizes, in light and dark, in four languages; one sheet for each state and size in var/looks/, with
what a machine can see of it (axe, words that are cut off, pages wider than their window) in var/looks/findings.txt.
E-mails and the poster are among them; its PDF and that of printed cards are put beside them, as pictures where
poppler-utils is there. `make looks ARGS="-k manager"` takes those of one part; LOOKS="card,scan" some states alone.
"""
