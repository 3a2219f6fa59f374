"""The life of the process that a client is in: imports, threads, forks, signals, freezes and the end.

late_imports   imports that wait until they are needed, and forks that wait for them
threads        of what kind they are here, and whether they run
lifecycle      what forks and exits mean for every client
signals        delivering before a signal ends the process
awaiting       flushing from an event loop, without holding it up
freezing       flushing before an invocation is over and its process is frozen
ending         these, as a client offers them
"""
