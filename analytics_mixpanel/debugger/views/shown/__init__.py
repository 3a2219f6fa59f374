"""How things read on the page: values, times, verdicts and what to do about them."""
