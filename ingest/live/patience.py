"""How long to wait, how often to try again, and by which clock. Tests pass their own."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from ingest.live.errors import UnavailableError

T = TypeVar("T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Patience:
    """Times (in seconds), the number of attempts, and what they are measured and spent with.

    `download_seconds` is the limit for one file however steadily it trickles in; `draw` returns a
    number from 0 to 1.
    """

    attempts: int = 6
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 120.0
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    download_seconds: float = 1_800.0
    clock: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random

    def retry(self, work: Callable[[], T]) -> T:
        """Do the work; on `UnavailableError` wait and do it again. Raises the last failure."""
        policy = Retrying(
            retry=retry_if_exception_type(UnavailableError),
            stop=stop_after_attempt(self.attempts),
            wait=self._wait_seconds,
            sleep=self.sleep,
            reraise=True,
        )
        return policy(work)

    def backoff_seconds(self, failures: int) -> float:
        """Wait after that many failures: doubles up to the longest, between half and all of it
        (“equal jitter”), so that many clients do not come back in step."""
        ceiling = min(self.longest_wait_seconds, self.first_wait_seconds * 2 ** (failures - 1))
        return ceiling * (1 + self.draw()) / 2

    def _wait_seconds(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, UnavailableError) else None
        if asked is not None:
            return min(asked, self.longest_wait_seconds)
        return self.backoff_seconds(state.attempt_number)


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait from a Retry-After header: a number of seconds or a date (RFC 9110, 10.2.3).
    None where there is none or it cannot be read."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
