"""What is put aside for the reporting thread."""

from __future__ import annotations

import threading
import time

from analytics_mixpanel.reporting.mailbox import MOST_LOSSES, MOST_MESSAGES, Mailbox


def test_messages_are_taken_in_their_order() -> None:
    """The oldest first, as many as are asked for."""
    mailbox = Mailbox()
    for number in range(5):
        mailbox.add_message(number)
    assert mailbox.take(3) == [0, 1, 2]
    assert mailbox.take(3) == [3, 4]
    assert mailbox.missed == 0


def test_the_oldest_make_room() -> None:
    """There are never more than a number of them, and what was left out is counted."""
    mailbox = Mailbox()
    for number in range(MOST_MESSAGES + 7):
        mailbox.add_message(number)
        mailbox.add_loss({"number": number})
    assert mailbox.missed == 7
    assert mailbox.take(1) == [7]
    assert len(mailbox.losses) == MOST_LOSSES


def test_what_was_forgotten_is_not_missed() -> None:
    """While the debugger is away nothing is kept on purpose."""
    mailbox = Mailbox()
    mailbox.add_message(1)
    mailbox.clear()
    assert (mailbox.take(1), mailbox.missed) == ([], 0)


def test_a_message_ends_the_sleep() -> None:
    """The thread does not sleep on while there is something to report."""
    mailbox = Mailbox()
    sleeper = threading.Thread(target=mailbox.sleep, args=(60,))
    sleeper.start()
    time.sleep(0.05)
    mailbox.add_message(1)
    sleeper.join(30)
    assert not sleeper.is_alive()


def test_nobody_sleeps_before_a_message() -> None:
    """What was put before the sleep counts as well."""
    mailbox = Mailbox()
    mailbox.add_message(1)
    sleeper = threading.Thread(target=mailbox.sleep, args=(60,))
    sleeper.start()
    sleeper.join(30)
    assert not sleeper.is_alive()
