"""How a pandera schema's failures become findings."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
import pytest

from ingest.schemas.faults import collect_faults, named_check

SCHEMA = pa.DataFrameSchema(
    {
        "value": pa.Column(checks=named_check("number_or_symbol", lambda s: s != "bad")),
        "level": pa.Column(checks=named_check("geographic_level", lambda s: s == "National")),
    },
    checks=[named_check("key_unique", lambda df: ~df.duplicated(keep=False))],
)
DESCRIBE = {
    "number_or_symbol": lambda row: f"“{row[row.name]}” in {row['level']}.",
    "key_unique": lambda row: f"{row['value']} twice.",
}


def findings(rows: list[tuple[str, str]]) -> dict[str, tuple[str, tuple[int, ...], str]]:
    frame = pd.DataFrame(rows, columns=["value", "level"])
    found = collect_faults(SCHEMA, frame, file_name="a.csv", describe=DESCRIBE)
    assert all(f.file_name == "a.csv" for f in found)
    return {f.check_id: (f.column, f.rows, f.message) for f in found}


def test_a_good_frame_has_no_findings() -> None:
    assert findings([("1", "National"), ("2", "National")]) == {}


def test_each_check_gives_one_finding_with_every_row_as_a_spreadsheet_numbers_it() -> None:
    found = findings([("1", "National"), ("bad", "National"), ("3", "Parish"), ("bad", "National")])
    assert set(found) == {"number_or_symbol", "geographic_level", "key_unique"}
    column, rows, message = found["number_or_symbol"]
    assert (column, rows) == ("value", (3, 5))
    assert message.startswith("“bad” in National.")
    assert found["geographic_level"][:2] == ("level", (4,))
    assert found["key_unique"][:2] == ("", (3, 5))
    assert found["key_unique"][2].startswith("bad twice.")


def test_a_check_without_a_sentence_of_its_own_still_names_itself() -> None:
    found = findings([("1", "Parish")])
    assert "geographic_level" in found["geographic_level"][2]


def test_a_failure_that_is_no_registered_check_is_a_fault_of_the_product() -> None:
    found = collect_faults(
        pa.DataFrameSchema({"other": pa.Column()}),
        pd.DataFrame({"value": ["1"]}),
        file_name="a.csv",
        describe={},
    )
    assert [f.check_id for f in found] == ["release_shape"]
    assert "other" in found[0].message


def test_a_check_that_itself_fails_is_reported_and_not_raised() -> None:
    def broken(_: pd.Series) -> pd.Series:
        raise ZeroDivisionError("oh")

    schema = pa.DataFrameSchema({"value": pa.Column(checks=named_check("key_unique", broken))})
    found = collect_faults(
        schema, pd.DataFrame({"value": ["1"]}), file_name="a.csv", describe=DESCRIBE
    )
    assert len(found) == 1
    assert "ZeroDivisionError" in found[0].message


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_every_failing_row_is_listed(rows: int) -> None:
    found = findings([("bad", f"level {i}") for i in range(rows)])
    assert found["number_or_symbol"][1] == tuple(range(2, rows + 2))
