"""Reading a request, when a call inside it first needs to know: the same for every framework."""
