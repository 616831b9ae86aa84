"""How long a client waits: as long as it is asked to, up to a limit, or else longer each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.live.errors import LiveError, UnavailableError
from ingest.live.patience import Patience, read_retry_after

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@given(st.integers(0, 10**12))
def test_retry_after_in_seconds_is_read(seconds: int) -> None:
    assert read_retry_after(f" {seconds} ", NOW) == float(str(seconds)[:9])


@given(st.integers(-(10**6), 10**6))
def test_retry_after_as_a_date_is_read_and_never_negative(seconds: int) -> None:
    text = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert read_retry_after(text, NOW) == max(0, seconds)


@given(st.text())
def test_retry_after_that_cannot_be_read_is_no_fault(text: str) -> None:
    value = read_retry_after(text, NOW)
    assert value is None or value >= 0


@pytest.mark.parametrize("text", [None, "", "soon", "-5", "1.5", "١٢"])
def test_other_words_ask_for_nothing(text: str | None) -> None:
    assert read_retry_after(text, NOW) is None


@given(st.integers(1, 60), st.floats(0, 1))
def test_a_wait_is_between_half_and_all_of_the_capped_doubling(failures: int, draw: float) -> None:
    patience = Patience(first_wait_seconds=1, longest_wait_seconds=90, draw=lambda: draw)
    ceiling = min(90, 2 ** (failures - 1))
    assert ceiling / 2 <= patience.backoff_seconds(failures) <= ceiling


def test_waits_double_and_a_request_of_the_publisher_goes_before_them_up_to_the_limit() -> None:
    waits: list[float] = []
    patience = Patience(attempts=6, longest_wait_seconds=60, sleep=waits.append, draw=lambda: 1.0)
    asked = iter([None, None, 7.0, 3600.0, 0.0, None])

    def work() -> None:
        raise UnavailableError("busy", next(asked))

    with pytest.raises(UnavailableError, match="busy"):
        patience.retry(work)
    assert waits == [1.0, 2.0, 7.0, 60.0, 0.0]


def test_a_failure_that_will_not_pass_is_not_tried_again() -> None:
    waits: list[float] = []
    calls = []

    def work() -> None:
        calls.append(1)
        raise LiveError("no")

    with pytest.raises(LiveError, match="no"):
        Patience(sleep=waits.append).retry(work)
    assert (len(calls), waits) == (1, [])


def test_work_that_succeeds_in_the_end_returns_its_result() -> None:
    results = iter([UnavailableError("a"), UnavailableError("b"), "done"])

    def work() -> str:
        result = next(results)
        if isinstance(result, UnavailableError):
            raise result
        return str(result)

    assert Patience(sleep=lambda _: None).retry(work) == "done"
