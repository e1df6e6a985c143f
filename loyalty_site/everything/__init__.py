"""Everything of a merchant as one file, so that nobody is locked in: what is in it, how it is written, and the job."""
