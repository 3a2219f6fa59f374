"""What a call, an event and an import cost, beside other analytics clients: ``python -m benchmarks``."""
