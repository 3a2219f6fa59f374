"""From a batch to requests, and from their answers to an outcome.

packing (parcels, ledger) → order → sender (routes) → transport → session → deadline → Mixpanel;
and back through answers and advice to the ledger, which makes the outcome.
"""
