"""What is served follows the pointer, and says of each figure whose it is and why it is absent."""

from __future__ import annotations

from datetime import date
from threading import Thread

import pytest

from alliance.service import DEMONSTRATION, KEPT_OPEN, ReleaseService, Served
from alliance.settings import Settings
from ingest.errors import ReleaseError
from tests import builders
from tests.builders import NEED
from tests.conftest import Small
from tests.demonstration import ABOLISHED, FENSHIRE, SUCCESSORS, Figures


def service_of(small: Small) -> ReleaseService:
    return ReleaseService(Settings(small.store.home))


def publish_another(small: Small, open_cases: int) -> str:
    """Publish a release in which one figure is another; gives its id."""
    table = builders.ees_files()[NEED]
    table.find(old_la_code="703")[0]["open_cases"] = str(open_cases)
    small.put({NEED: table.bytes()})
    return small.refresh().info.release_id


def test_a_release_is_opened_once(small: Small) -> None:
    service = service_of(small)
    first = service.current()
    assert service.current() is first
    assert first.info.release_id == small.store.current_id()


def test_a_new_release_is_served_from_the_next_request_on(small: Small) -> None:
    service = service_of(small)
    first = service.current()
    new = publish_another(small, 399)
    assert service.current().info.release_id == new
    assert first.release.areas(), "a request under way reads on"


def test_a_pointer_put_back_serves_the_release_before(small: Small) -> None:
    service = service_of(small)
    before = service.current().info.release_id
    publish_another(small, 399)
    service.current()
    small.store.publish(before)
    assert service.current().info.release_id == before


def test_no_more_than_two_releases_are_kept_open(small: Small) -> None:
    service = service_of(small)
    service.current()
    for open_cases in (397, 398, 399):
        publish_another(small, open_cases)
        service.current()
    assert len(service._open) == KEPT_OPEN


def test_many_requests_at_once_share_one_open_release(small: Small) -> None:
    service = service_of(small)
    found: list[Served] = []
    threads = [Thread(target=lambda: found.append(service.current())) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len({id(served) for served in found}) == 1


def test_before_the_first_refresh_there_is_nothing_to_serve(bare: Small) -> None:
    with pytest.raises(ReleaseError, match="alliance refresh --from DIR"):
        service_of(bare).current()


@pytest.mark.parametrize(
    ("code", "day", "existed"),
    [
        (FENSHIRE, date(2013, 3, 31), True),
        (ABOLISHED, date(2020, 3, 31), True),
        (ABOLISHED, date(2021, 3, 31), True),
        (ABOLISHED, date(2021, 12, 31), True),
        (ABOLISHED, date(2022, 3, 31), False),
        (SUCCESSORS[0], date(2021, 3, 31), False),
        (SUCCESSORS[0], date(2021, 4, 1), True),
        (SUCCESSORS[0], date(2022, 3, 31), True),
    ],
)
def test_an_authority_existed_in_a_year_that_it_saw_a_day_of(
    demo_served: Served, code: str, day: date, existed: bool
) -> None:
    assert demo_served.existed(code, day) is existed


def test_periods_are_those_with_a_figure(demo_served: Served, demo_figures: Figures) -> None:
    assert set(demo_served.periods) == set(demo_served.indicators)
    periods = [row["period"] for row in demo_served.periods["absence_cla"]]
    assert "2019/20" not in periods
    assert periods == demo_figures.column(
        "SELECT period FROM comparison WHERE indicator_id = 'absence_cla' AND value IS NOT NULL"
        " GROUP BY period, period_end ORDER BY period_end"
    )
    assert demo_served.period_end("absence_cla", "2019/20") is None
    assert demo_served.period_end("cla_rate", "2025") == date(2025, 3, 31)


def test_invented_figures_are_said_to_be_and_others_name_their_publisher(
    demo_served: Served, small: Small
) -> None:
    assert demo_served.attribution(demo_served.indicators["cla_rate"]) == DEMONSTRATION
    served = service_of(small).current()
    for indicator in served.indicators.values():
        words = served.attribution(indicator)
        assert words.startswith("Source: ")
        assert indicator["publisher"] in words
        assert indicator["publication"] in words
        assert indicator["licence"] in words
