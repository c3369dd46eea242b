"""Waiting for a condition: by asking again until a deadline, never by sleeping for a guessed time."""

import time


def wait_until(condition, what, seconds=15.0, pause=0.05):
    """Calls `condition` until it returns something true, and returns that.

    Raises AssertionError with `what` and the last thing seen when `seconds` are over. An AssertionError or
    OSError of `condition` counts as "not yet".
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            seen = condition()
        except (AssertionError, OSError) as error:
            seen, last = None, error
        else:
            last = seen
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}; last seen: {last!r}")
        time.sleep(pause)
