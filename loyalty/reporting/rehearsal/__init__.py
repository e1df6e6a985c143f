"""Rehearsals: a draft of a program played over the days that were, and the check that the play is honest.

    draft = Draft(changes={"points_per_euro": Decimal(20)})
    found = rehearsing.rehearse(program, draft, days=90, now=now)    # -> Outcome, its check first
    checked = rehearsing.check(program, now=now)                     # the rules as they were, over the whole ledger

What customers did is taken as it was: they buy, redeem and bring back when they did. Nothing is written.
"""
