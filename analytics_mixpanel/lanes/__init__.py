"""From the queue to a destination: each has a lane of its own, with threads, batches, retries and accounts.

lane       one destination's way: a courier for each of its readers, a thread for each courier
courier    takes a batch, has it delivered, settles what became of it
keep_on    goes on with that, whatever interrupts it
clerk      enters what became of it: queue, accounts, dead letters, hooks
load       the messages of a batch, decoded as they are looked at
sifting    what of them goes on to the destination
attempt    asks the destination once: whatever it does, there is an outcome
trip       a batch under way: what is left of it, and when it goes on
retry      how long to wait, and when to give up
breaker    when a destination that failed is tried again, and by which courier
health     what that means, in words
bell       wakes who waits
"""
