"""What threads are in this process: gevent and eventlet replace them, uWSGI may not run them."""

from __future__ import annotations

import sys
import threading
from typing import Any, Final

from analytics_mixpanel.journal import log

_OFF: Final = ("", "0", "false", "no", "off")


def kind_of_threads() -> object:
    """Something that is another object once gevent or eventlet have patched the process.

    A thread of theirs that waits for a lock of the other kind stops the whole process.
    """
    return threading.Lock


def threads_run() -> bool:
    """Whether a thread started here gets to run; False, and said, under uWSGI without --enable-threads."""
    options: Any = getattr(sys.modules.get("uwsgi"), "opt", None)
    if options is None or "threads" in options:  # --threads implies --enable-threads
        return True
    if _text(options.get("enable-threads", "")) not in _OFF:
        return True
    log.warning(
        "uWSGI runs no threads: messages are delivered by flush() and at exit only; set enable-threads"
    )
    return False


def get_ready_for_the_end() -> None:
    """Have gevent start this thread's helper that looks up addresses: at the end some Pythons start none."""
    monkey: Any = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("socket"):
        try:
            sys.modules["gevent"].get_hub().threadpool.spawn(int)
        except RuntimeError:
            pass  # it is the end already


def _text(option: object) -> str:
    """An option of uWSGI's: bytes, or True."""
    return option.decode("latin-1").lower() if isinstance(option, bytes) else str(option).lower()
