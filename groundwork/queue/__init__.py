"""Leased queues: a table is the queue, and the database's clock says what is due and whose it is."""
