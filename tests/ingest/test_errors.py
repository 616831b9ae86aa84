"""Findings and errors say what, where and how many."""

from __future__ import annotations

import pytest

from ingest.errors import AllianceError, Finding, IngestError, list_rows, raise_errors


def finding(**changes: object) -> Finding:
    base: dict[str, object] = {"check_id": "key_unique", "severity": "error", "message": "Twice."}
    return Finding(**(base | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "Twice."),
        ({"file_name": "a.csv"}, "a.csv: Twice."),
        ({"file_name": "a.csv", "rows": (7,)}, "a.csv, row 7: Twice."),
        (
            {"file_name": "a.csv", "rows": (7, 9), "column": "value"},
            "a.csv, rows 7, 9, column value: Twice.",
        ),
    ],
)
def test_a_finding_names_file_rows_and_column_where_it_has_them(
    changes: dict[str, object], text: str
) -> None:
    assert str(finding(**changes)) == text


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ((1,), "1"),
        ((1, 2, 3, 4, 5), "1, 2, 3, 4, 5"),
        ((1, 2, 3, 4, 5, 6), "1, 2, 3, 4, 5 and 1 more"),
        (tuple(range(1, 2006)), "1, 2, 3, 4, 5 and 2,000 more"),
    ],
)
def test_many_rows_are_listed_as_the_first_and_how_many_more(
    rows: tuple[int, ...], text: str
) -> None:
    assert list_rows(rows) == text


def test_errors_are_raised_together_and_warnings_are_not() -> None:
    warning = finding(severity="warning", message="Odd.")
    note = finding(severity="info", message="Note.")
    raise_errors([warning, note])
    first, second = finding(file_name="a.csv"), finding(file_name="b.csv")
    with pytest.raises(IngestError) as caught:
        raise_errors([first, warning, second, note])
    assert caught.value.findings == (first, second)
    assert str(caught.value) == "a.csv: Twice.\nb.csv: Twice."
    assert isinstance(caught.value, AllianceError)
