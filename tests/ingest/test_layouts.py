"""Files whose publisher once named columns otherwise."""

from __future__ import annotations

import pandas as pd

from ingest.catalogue import FileSpec, Layout
from ingest.layouts import apply_layout

NEEDED = ("time_period", "care_leaver_age", "breakdown", "care_leaver_count")
OLD = Layout(
    "2023 to 2024",
    {"age": "care_leaver_age", "accommodation_type": "breakdown", "number": "care_leaver_count"},
    {"breakdown": {"Suitable": "Accommodation considered suitable"}},
)
SPEC = FileSpec("care_leavers.csv", "source", "ees", layouts=(OLD,))


def frame_of(*columns: str) -> pd.DataFrame:
    return pd.DataFrame([[f"{name} cell" for name in columns]], columns=list(columns), dtype="str")


def test_the_present_layout_is_left_as_it_is() -> None:
    frame = frame_of(*NEEDED, "another")
    read, findings = apply_layout(frame, SPEC, NEEDED, file_name="f.csv")
    assert read is frame
    assert findings == []


def test_an_older_layout_is_read_by_its_present_names_and_values_with_a_note() -> None:
    frame = frame_of("time_period", "age", "accommodation_type", "number")
    frame.loc[0, "accommodation_type"] = "Suitable"
    read, findings = apply_layout(frame, SPEC, NEEDED, file_name="f.csv")
    assert list(read.columns) == list(NEEDED)
    assert read.loc[0, "breakdown"] == "Accommodation considered suitable"
    assert read.loc[0, "care_leaver_count"] == "number cell"
    [note] = findings
    assert (note.check_id, note.severity) == ("layout_older", "info")
    assert "2023 to 2024" in note.message


def test_an_unknown_layout_is_refused_with_the_difference_from_each_known_one() -> None:
    frame = frame_of("time_period", "age", "type_of_accommodation", "number")
    read, findings = apply_layout(frame, SPEC, NEEDED, file_name="f.csv", row=3)
    assert read is frame
    *columns, layout = findings
    assert [item.column for item in columns] == list(NEEDED[1:])
    assert {item.severity for item in findings} == {"error"}
    assert layout.check_id == "layout_known"
    assert layout.rows == (3,)
    assert "against the present one, missing care_leaver_age" in layout.message
    assert "against 2023 to 2024, missing accommodation_type" in layout.message
    assert "not in use here: age, type_of_accommodation, number" in layout.message


def test_a_file_with_old_and_present_columns_is_of_no_known_layout() -> None:
    frame = frame_of("time_period", "age", "accommodation_type", "number", "care_leaver_age")
    _, findings = apply_layout(frame, SPEC, NEEDED, file_name="f.csv")
    assert "it also has the present columns" in findings[-1].message


def test_one_renamed_column_of_a_file_with_one_layout_is_one_finding() -> None:
    spec = FileSpec("f.csv", "source", "ees")
    frame = frame_of("time_period", "care_leaver_age", "breakdown", "care_leavers_count")
    _, [finding] = apply_layout(frame, spec, NEEDED, file_name="f.csv")
    assert finding.column == "care_leaver_count"
    assert "nearest name there is care_leavers_count" in finding.message
