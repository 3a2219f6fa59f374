"""A soak: processes that write on one spool as fast as the machine holds, killed again and again.

    writer ── track() ──▶ spool ── /import ──▶ server, which fails at random ──▶ arrivals, a file
       │                    └── dead letters ─────────────────────────────────┐
       └── marks: what track() has returned True for ──▶ account: do both sides add up?

run        the whole of it               herd     starts the writers, kills them, starts others
plan       how long, how many kills      gauges   memory, threads, descriptors and disk meanwhile
nursery    where they are forked         faults   what goes wrong at the server, and how often
writer     one of them                   arrivals what reached the server
marks      what a kill cannot take back  account  the sum
"""
