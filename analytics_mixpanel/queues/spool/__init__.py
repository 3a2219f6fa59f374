"""The spool: messages on disk, in append-only segments, until every destination has settled them.

queue       what the client writes to: a log for each shard, a line for each destination and shard
log         appends frames to segments           line        reads one destination's messages
home        the process's own instance           own         … of this process
adoption    looks for what others have left      leftovers   … of ended ones
segment  frames  acks                            what is in the files
directory  locks                                 whose they are
room  displacing  age  syncing                   limits
"""

from analytics_mixpanel.queues.spool.queue import SpoolQueue, SpoolSettings

__all__ = ["SpoolQueue", "SpoolSettings"]
