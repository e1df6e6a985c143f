"""The figures of the README's performance table: one module, one command each.

    make bench          # all, one table
    make bench-till     # one

Each starts its own PostgreSQL and Redis, measures its yardstick in the same run, and prints ratios beside absolute
figures: machines are unlike, ratios travel.
"""
