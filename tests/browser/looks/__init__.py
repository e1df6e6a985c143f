"""Pictures of every state of the terminal and of the customers' pages, to be looked at before a release: `make looks`.

Each state at five sizes, in light and dark, in four languages; one sheet for each state and size in var/looks/, with
what a machine can see of it (axe, words that are cut off, pages wider than their window) in var/looks/findings.txt.
`make looks ARGS="-k manager"` takes those of one part; LOOKS="card,scan" some states alone.
"""
