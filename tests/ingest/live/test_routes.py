"""Each route finds the latest edition; the first that answers is taken, in the declared order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ingest.catalogue import RouteId, Source
from ingest.live import Edition, LiveError, NoRouteError, find_latest
from ingest.live.routes import FINDERS
from tests.ingest.live import samples
from tests.ingest.live.conftest import Home
from tests.ingest.live.samples import CARE, FORMER_SLUG, MOVES, PEOPLE, SLUG, TOOL_BASE
from tests.ingest.live.server import (
    API,
    CONTENT,
    RAW,
    SITE,
    Page,
    Publisher,
    as_html,
    as_json,
    listing,
    meta_of,
    moment,
    status,
)

LIST = "/api/data-set-files"
PUBLICATION = f"/api/publications/{SLUG}"
SUMMARY = f"{PUBLICATION}/releases/2025/version-summary"
SITE_PAGE = f"/find-statistics/{SLUG}"
ORDER = samples.ROUTES


def source_of(home: Home, source_id: str, *routes: RouteId) -> Source:
    source = home.catalogue.source_by_id[source_id]
    return replace(source, routes=routes or source.routes)


def latest(home: Home, source_id: str = "care", *routes: RouteId) -> Edition:
    return find_latest(source_of(home, source_id, *routes), home.catalogue, home.client)


def failures_of(home: Home, source_id: str = "care", *routes: RouteId) -> dict[str, str]:
    with pytest.raises(NoRouteError) as caught:
        latest(home, source_id, *routes)
    return {failure.route: failure.message for failure in caught.value.failures}


def test_every_route_that_the_catalogue_may_name_has_a_finder(home: Home) -> None:
    assert {route.id for route in home.catalogue.routes} == {*FINDERS}


def test_the_content_service_tells_of_the_release_and_each_of_its_files(
    home: Home, publisher: Publisher
) -> None:
    samples.release().publish(publisher)
    edition = latest(home)
    assert (edition.route, edition.slug, edition.title) == (
        "ees_content", "2025", "Reporting year 2025",
    )  # fmt: skip
    assert edition.version == "release:v-2025"
    assert edition.published_at == datetime(2025, 11, 20, 9, 30, 0, 123456, tzinfo=UTC)
    assert edition.published_on == date(2025, 11, 20)
    assert edition.next_release == "2026-11"
    assert edition.notes == ()
    assert [offer.name for offer in edition.files] == [
        "care_2013_to_2025.csv", "moves.csv", "people_2012_to_2024.csv", "sundry.csv",
    ]  # fmt: skip
    assert edition.files[1].address == (
        f"https://{CONTENT}/api/data-set-files/moves-v-2025/download"
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"year": 2026, "month": 11, "day": 19}, "2026-11-19"),
        ({"year": "2026", "month": "3", "day": ""}, "2026-03"),
        ({"year": 2026, "month": None, "day": 5}, "2026"),
        ({"year": None, "month": 4}, ""),
        ("2026-11-19T09:30:00Z", "2026-11-19"),
        (None, ""),
        ([], ""),
    ],
)
def test_the_next_release_is_told_as_far_as_its_date_is_known(
    given: Any, told: str, home: Home, publisher: Publisher
) -> None:
    replace(samples.release(), next_release=given).publish(publisher)
    assert latest(home).next_release == told


def test_a_long_list_of_files_is_read_page_after_page(home: Home, publisher: Publisher) -> None:
    extra = tuple(replace(samples.tables("2025")[3], name=f"sundry_{i}.csv") for i in range(90))
    samples.release(files=(*extra, *samples.tables("2025"))).publish(publisher)
    assert len(latest(home).files) == 94
    assert [seen.query["page"] for seen in publisher.asked(path=LIST)] == ["1", "2", "3"]


def test_a_list_without_end_is_given_up_on(home: Home, publisher: Publisher) -> None:
    samples.release().publish(publisher)
    rows = {"results": [], "paging": {"totalPages": 10**6}}
    publisher.put(CONTENT, LIST, as_json(rows))
    publisher.put(CONTENT, SUMMARY, as_json({}, 404))
    failures = failures_of(home, "care", "ees_content")
    assert "404" in failures["ees_content"]
    assert len(publisher.asked(path=LIST)) == 25


def test_where_the_list_is_not_to_be_had_the_archive_of_the_release_is_offered(
    home: Home, publisher: Publisher
) -> None:
    samples.release().publish(publisher)
    publisher.fail(CONTENT, LIST, status(404))
    edition = latest(home)
    assert edition.route == "ees_content"
    assert edition.version == "release:v-2025"
    assert [offer.is_archive for offer in edition.files] == [True]
    assert edition.files[0].address == f"https://{CONTENT}/api/releases/v-2025/files"
    assert "answered 404" in edition.notes[0]


def test_an_empty_release_offers_its_archive_in_case(home: Home, publisher: Publisher) -> None:
    samples.release(files=()).publish(publisher)
    assert [offer.is_archive for offer in latest(home).files] == [True]


def test_a_list_that_mixes_two_releases_is_not_taken(home: Home, publisher: Publisher) -> None:
    samples.release().publish(publisher)
    body = json.loads(
        _page(
            publisher, LIST, {"publicationId": samples.release().publication_id, "pageSize": "40"}
        )
    )
    body["results"][0]["release"]["id"] = "v-2024"
    publisher.put(CONTENT, LIST, as_json(body))
    edition = latest(home)
    assert edition.files[0].is_archive
    assert "2 releases are listed as the latest" in edition.notes[0]


def _page(publisher: Publisher, path: str, query: dict[str, str]) -> bytes:
    page = publisher.pages[CONTENT, path]
    return (page(query) if callable(page) else page).body


def test_the_public_page_of_the_release_names_its_archive(home: Home, publisher: Publisher) -> None:
    samples.release().publish(publisher)
    edition = latest(home, "care", "ees_release_page")
    assert edition.version == "release:v-2025"
    assert edition.published_on == date(2025, 11, 20)
    assert edition.next_release == "2026-11"
    assert edition.files[0].address == f"https://{CONTENT}/api/releases/v-2025/files"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<html><body>Sorry</body></html>", "no __NEXT_DATA__"),
        ('<script id="__NEXT_DATA__" type="application/json">{oops</script>', "not JSON"),
        ('<script id="__NEXT_DATA__">{"props": {"pageProps": {}}}</script>', "another shape"),
        ('<script id="__NEXT_DATA__">[1, 2]</script>', "another shape"),
        (
            '<script id="__NEXT_DATA__">{"props": {"pageProps": {"releaseVersionSummary": '
            '{"id": "../../admin", "slug": "2025", "title": "x"}}}}</script>',
            "releaseVersionSummary.id",
        ),
    ],
)
def test_a_page_of_another_shape_is_said_to_be_one(
    html: str, words: str, home: Home, publisher: Publisher
) -> None:
    publisher.put(SITE, SITE_PAGE, as_html(html))
    assert words in failures_of(home, "care", "ees_release_page")["ees_release_page"]


def test_a_publication_that_was_renamed_is_found_by_a_redirect_or_its_former_name(
    home: Home, publisher: Publisher
) -> None:
    replace(samples.release(), slug=FORMER_SLUG).publish(publisher)
    assert latest(home, "care", "ees_content").slug == "2025"
    assert latest(home, "care", "ees_api").slug == "2025"
    assert latest(home, "care", "ees_release_page").slug == "2025"
    publisher.fail(SITE, SITE_PAGE, status(301, Location=f"/find-statistics/{FORMER_SLUG}"))
    assert latest(home, "care", "ees_release_page").slug == "2025"


def test_the_api_offers_the_tables_that_it_has_recognised_by_their_columns(
    home: Home, publisher: Publisher
) -> None:
    samples.release().publish(publisher)
    edition = latest(home, "care", "ees_api")
    assert (edition.slug, edition.published_on) == ("2025", date(2025, 11, 20))
    assert [(offer.name, offer.address) for offer in edition.files] == [
        (
            "care_2013_to_2025.csv",
            f"https://{API}/statistics/v1/data-sets/api-care-2013-to-2025/csv?dataSetVersion=1.0",
        ),
        (
            "moves.csv",
            f"https://{API}/statistics/v1/data-sets/api-moves/csv?dataSetVersion=1.0",
        ),
    ]
    people = latest(home, "people", "ees_api")
    assert [offer.name for offer in people.files] == ["people_2013_to_2025.csv"]


def test_of_the_api_s_versions_the_highest_number_is_the_latest(
    home: Home, publisher: Publisher
) -> None:
    care, *others = samples.tables("2025")
    care = replace(care, versions=("1.9", "1.10", "1.10.1", "1.2"))
    samples.release(files=(care, *others)).publish(publisher)
    assert latest(home, "care", "ees_api").files[0].address.endswith("dataSetVersion=1.10.1")


def test_a_version_that_is_not_understood_is_passed_over_and_noted(
    home: Home, publisher: Publisher
) -> None:
    care, *others = samples.tables("2025")
    care = replace(care, versions=("2.0-beta", "latest", "1.1"))
    samples.release(files=(care, *others)).publish(publisher)
    edition = latest(home, "care", "ees_api")
    assert edition.files[0].address.endswith("dataSetVersion=1.1")
    assert [note for note in edition.notes if "'2.0-beta' was passed over" in note]


def test_a_version_that_was_withdrawn_is_not_offered(home: Home, publisher: Publisher) -> None:
    samples.release().publish(publisher)
    rows = [
        _version("2.0", status="Withdrawn"),
        _version("1.1", status="Deprecated"),
        _version("1.0"),
    ]
    publisher.put(API, "/statistics/v1/data-sets/api-moves/versions", listing(rows))
    assert latest(home, "care", "ees_api").files[1].address.endswith("dataSetVersion=1.0")


def _version(number: str, **changes: Any) -> dict[str, Any]:
    return {
        "version": number, "status": "Published", "published": "2025-11-20T09:30:00Z",
        "release": {"slug": "2025", "title": "2025"}, "timePeriods": {"start": "a", "end": "b"},
    } | changes  # fmt: skip


def test_warnings_of_an_answer_that_succeeded_are_passed_on(
    home: Home, publisher: Publisher
) -> None:
    samples.release().publish(publisher)
    warning = {"message": "This table will be replaced.", "code": "Deprecated", "path": ""}
    meta = meta_of(samples.tables("2025")[1]) | {"warnings": [warning]}
    publisher.put(API, "/statistics/v1/data-sets/api-moves/meta", as_json(meta))
    edition = latest(home, "care", "ees_api")
    assert "The publisher warns: This table will be replaced. (Deprecated)" in edition.notes
    assert len(edition.files) == 2


def test_a_table_of_the_api_with_the_columns_but_other_values_is_another_table(
    home: Home, publisher: Publisher
) -> None:
    care, moves, *others = samples.tables("2025")
    other = replace(moves, name="other.csv", options=(("group", "All"), ("length", "Tall")))
    samples.release(files=(care, moves, other, *others)).publish(publisher)
    edition = latest(home, "care", "ees_api")
    assert [offer.name for offer in edition.files] == ["care_2013_to_2025.csv", "moves.csv"]
    assert "api-moves" in edition.files[1].address


def test_a_table_of_the_api_that_can_be_two_files_is_not_guessed_at(
    home: Home, publisher: Publisher
) -> None:
    _, moves, *others = samples.tables("2025")
    moves = replace(moves, filters=("group",), indicators=("moves", "length", "children"))
    samples.release(files=(moves, *others)).publish(publisher)
    catalogue = home.catalogue
    free = tuple(replace(item, where={"group": "All"}) for item in catalogue.indicators[:2])
    edited = replace(home, catalogue=replace(catalogue, indicators=free))
    assert "no data set is a file" in failures_of(edited, "care", "ees_api")["ees_api"]


def test_two_tables_of_the_api_with_the_same_columns_are_not_guessed_between(
    home: Home, publisher: Publisher
) -> None:
    care, moves, *others = samples.tables("2025")
    twin = replace(moves, name="twin.csv")
    samples.release(files=(care, moves, twin, *others)).publish(publisher)
    edition = latest(home, "care", "ees_api")
    assert [offer.name for offer in edition.files] == ["care_2013_to_2025.csv"]
    assert [note for note in edition.notes if "2 data sets can be it" in note]


def test_a_table_of_the_api_with_a_filter_more_is_another_table(
    home: Home, publisher: Publisher
) -> None:
    care, moves, *others = samples.tables("2025")
    moves = replace(moves, filters=("group", "length", "sex"))
    samples.release(files=(care, moves, *others)).publish(publisher)
    assert len(latest(home, "care", "ees_api").files) == 1


def test_an_api_without_any_of_the_tables_is_no_answer(home: Home, publisher: Publisher) -> None:
    files = tuple(replace(table, in_api=False) for table in samples.tables("2025"))
    samples.release(files=files).publish(publisher)
    assert "no data set is a file" in failures_of(home, "care", "ees_api")["ees_api"]


def test_a_publication_that_the_api_does_not_have_is_no_answer(
    home: Home, publisher: Publisher
) -> None:
    replace(samples.release(), slug="other-statistics").publish(publisher)
    assert "is not among the 26" in failures_of(home, "care", "ees_api")["ees_api"]


def test_the_tool_s_files_are_offered_as_they_stand(home: Home, publisher: Publisher) -> None:
    samples.publish_tool(publisher, samples.tool_files("a"), "a")
    edition = latest(home, "tool")
    assert [offer.name for offer in edition.files] == [
        samples.LONG, samples.DICTIONARY, samples.CODES,
    ]  # fmt: skip
    assert edition.published_at is None
    assert edition.version.startswith("files:")
    assert edition.files[0].bytes == len(samples.tool_files("a")[samples.LONG])
    assert {seen.method for seen in publisher.log} == {"HEAD"}


def test_the_tool_s_edition_is_another_once_one_of_its_files_is(
    home: Home, publisher: Publisher
) -> None:
    samples.publish_tool(publisher, samples.tool_files("a"), "a")
    first, same = latest(home, "tool").version, latest(home, "tool").version
    publisher.change(RAW, TOOL_BASE + samples.CODES, etag='"b"')
    assert first == same != latest(home, "tool").version


def test_the_tool_is_dated_by_the_newest_file_where_every_file_has_a_date(
    home: Home, publisher: Publisher
) -> None:
    for day, name in enumerate(samples.tool_files("a"), start=10):
        page = Page(b"x", last_modified=moment(f"2025-11-{day}"))
        publisher.put(RAW, TOOL_BASE + name, page)
    assert latest(home, "tool").published_on == date(2025, 11, 12)
    publisher.change(RAW, TOOL_BASE + samples.CODES, last_modified="yesterday")
    assert latest(home, "tool").published_on is None


def test_a_file_of_the_tool_that_was_renamed_is_noted_and_the_others_offered(
    home: Home, publisher: Publisher
) -> None:
    files = samples.tool_files("a")
    files["tool_codes_2026.xlsx"] = files.pop(samples.CODES)
    samples.publish_tool(publisher, files, "a")
    edition = latest(home, "tool")
    assert [offer.name for offer in edition.files] == [samples.LONG, samples.DICTIONARY]
    assert edition.notes[0].startswith("tool_codes.xlsx is not at its address any more")


def test_a_tool_without_any_file_is_no_answer(home: Home) -> None:
    assert "no file is at its address" in failures_of(home, "tool")["lait"]


@pytest.mark.parametrize("order", [ORDER, ORDER[::-1], (ORDER[1], ORDER[0])])
def test_routes_are_tried_in_the_declared_order(
    order: tuple[RouteId, ...], home: Home, publisher: Publisher
) -> None:
    samples.release().publish(publisher)
    assert latest(home, "care", *order).route == order[0]


def test_where_a_route_does_not_answer_the_next_one_does_and_says_so(
    home: Home, publisher: Publisher
) -> None:
    samples.release().publish(publisher)
    publisher.put(CONTENT, PUBLICATION, as_json({}, 404))
    publisher.put(SITE, SITE_PAGE, as_html("down for maintenance", 503))
    edition = latest(home)
    assert edition.route == "ees_api"
    assert [note.split(":")[0] for note in edition.notes] == [
        "A route did not answer. ees_content", "A route did not answer. ees_release_page",
    ]  # fmt: skip


def test_where_no_route_answers_the_failure_of_each_is_told(
    home: Home, publisher: Publisher
) -> None:
    publisher.put(CONTENT, PUBLICATION, as_json({"title": "Gone", "status": 410}, 410))
    publisher.put(SITE, SITE_PAGE, as_html("down", 503))
    failures = failures_of(home)
    assert [*failures] == [*ORDER]
    assert "410: Gone" in failures["ees_content"]
    assert "503" in failures["ees_release_page"]
    assert "404" in failures["ees_api"]
    with pytest.raises(LiveError, match="What is in the cache stays in use"):
        latest(home)


@pytest.mark.parametrize(
    "body",
    [
        {}, [], "text", None, 5, {"id": 1}, {"id": "p", "slug": "s", "latestRelease": None},
        {"id": "../p", "slug": SLUG, "latestRelease": {"slug": "2025", "title": "2025"}},
        {"id": "p", "slug": SLUG, "latestRelease": {"slug": "a/../b", "title": "2025"}},
    ],
)  # fmt: skip
def test_an_answer_of_another_shape_is_a_failure_of_that_route_alone(
    body: Any, home: Home, publisher: Publisher
) -> None:
    samples.release().publish(publisher)
    publisher.put(CONTENT, PUBLICATION, as_json(body))
    edition = latest(home)
    assert edition.route == "ees_release_page"
    assert "another shape than expected" in edition.notes[0]


def test_the_files_of_a_source_are_the_catalogue_s(home: Home) -> None:
    assert {spec.name for spec in home.catalogue.files if spec.source in {"care", "people"}} == {
        CARE, MOVES, PEOPLE,
    }  # fmt: skip
