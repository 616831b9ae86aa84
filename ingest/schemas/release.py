"""pandera schemas of the release's tables. `release.sql` declares types; here are the rules."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from ingest.catalogue import Interval, Polarity, Timing, Unit
from ingest.grades import GRADE_OF_WORDS
from ingest.statuses import REPORTED, STATUSES

_UNITS, _POLARITIES = Unit.__args__, Polarity.__args__  # type: ignore[attr-defined]
_INTERVALS, _TIMINGS = Interval.__args__, Timing.__args__  # type: ignore[attr-defined]
_BANDS = ("A", "B", "C", "D")
_NOT_OF_GRADES = (
    "england", "region", "neighbours_mean", "neighbours_median", "quartile_band", "change",
    "ci95_low", "ci95_high", "ci998_low", "ci998_high", "vs_england",
)  # fmt: skip
_VERDICTS = ("better", "worse", "higher", "lower", "similar")


def _one_of(*values: str) -> pa.Check:
    return pa.Check.isin(values)


def _filled() -> pa.Column:
    return pa.Column(checks=pa.Check(lambda s: s != "", name="filled"))


def _value_only_where_reported(frame: pd.DataFrame) -> pd.Series:
    return frame["value"].notna() == (frame["status"] == REPORTED)


def _within(low: str, value: str, high: str) -> pa.Check:
    """An interval whose ends are in order, given together or not at all."""

    def test(frame: pd.DataFrame) -> pd.Series:
        absent = frame[low].isna() & frame[high].isna()
        return absent | ((frame[low] <= frame[high]) & frame[value].notna())

    return pa.Check(test, name=f"{low} <= {high}")


def _ranked(rank: str, n: str) -> pa.Check:
    def test(frame: pd.DataFrame) -> pd.Series:
        return frame[rank].isna() | ((frame[rank] >= 1) & (frame[rank] <= frame[n]))

    return pa.Check(test, name=f"1 <= {rank} <= {n}")


def _is_grade(frame: pd.DataFrame) -> pd.Series:
    """True for rows of a grade, where the frame says so beside the comparison."""
    return frame["is_grade"] if "is_grade" in frame else pd.Series(False, index=frame.index)


def _mean_of_neighbours(frame: pd.DataFrame) -> pd.Series:
    return frame["neighbours_mean"].notna() == ((frame["neighbours_n"] > 0) & ~_is_grade(frame))


def _nothing_worked_out_of_grades(frame: pd.DataFrame) -> pd.Series:
    """A grade is an ordinal: no mean, no difference, no interval, no quarter and no verdict."""
    return ~_is_grade(frame) | frame[list(_NOT_OF_GRADES)].isna().all(axis="columns")


AREA = pa.DataFrameSchema(
    {
        "area_code": pa.Column(unique=True),
        "area_level": pa.Column(checks=_one_of("authority", "region", "england")),
        "name": _filled(),
        "gss_code": _filled(),
    }
)

INDICATOR = pa.DataFrameSchema(
    {
        "indicator_id": pa.Column(unique=True),
        "title": _filled(),
        "domain": _filled(),
        "unit": pa.Column(checks=_one_of(*_UNITS)),
        "polarity": pa.Column(checks=_one_of(*_POLARITIES)),
        "decimals": pa.Column(checks=pa.Check.in_range(0, 4)),
        "interval_method": pa.Column(checks=_one_of(*_INTERVALS)),
        "timing": pa.Column(checks=_one_of(*_TIMINGS)),
        "source_key": _filled(),
    }
)

OBSERVATION = pa.DataFrameSchema(
    {
        "status": pa.Column(checks=_one_of(*STATUSES)),
        "period": pa.Column(checks=pa.Check(lambda s: s != "", name="filled")),
        "denominator": pa.Column(
            checks=pa.Check(lambda s: s >= 0, name="not negative"), nullable=True
        ),
    },
    checks=[
        pa.Check(_value_only_where_reported, name="a value where reported and nowhere else"),
        pa.Check(lambda df: df["period_start"] <= df["period_end"], name="starts before it ends"),
        pa.Check(
            lambda df: ~df.duplicated(["indicator_id", "area_code", "period"]), name="unique key"
        ),
    ],
)

NEIGHBOUR = pa.DataFrameSchema(
    {"position": pa.Column(checks=pa.Check.ge(1))},
    checks=[
        pa.Check(lambda df: ~df.duplicated(["model", "area_code", "position"]), name="unique key"),
        pa.Check(lambda df: df["area_code"] != df["neighbour_code"], name="not its own neighbour"),
    ],
)

COMPARISON = pa.DataFrameSchema(
    {
        "quartile_band": pa.Column(checks=_one_of(*_BANDS), nullable=True),
        "vs_england": pa.Column(checks=_one_of(*_VERDICTS), nullable=True),
    },
    checks=[
        _ranked("rank_england", "n_england"),
        _ranked("rank_region", "n_region"),
        _ranked("rank_neighbours", "n_neighbours"),
        _within("ci95_low", "value", "ci95_high"),
        _within("ci998_low", "value", "ci998_high"),
        pa.Check(
            lambda df: df["rank_england"].notna() == df["value"].notna(), name="ranked if valued"
        ),
        pa.Check(_mean_of_neighbours, name="a mean says how many it rests on"),
        pa.Check(_nothing_worked_out_of_grades, name="nothing is worked out of a grade"),
    ],
)

_GRADE = pa.Column(checks=_one_of(*GRADE_OF_WORDS), nullable=True)

INSPECTION = pa.DataFrameSchema(
    {
        "area_code": _filled(),
        "framework": _filled(),
        "event": _filled(),
        "theme": pa.Column(nullable=True),
        "inspected_on": pa.Column(),
        "published_on": pa.Column(),
        "overall": _GRADE,
        "leaders": _GRADE,
        "help_protection": _GRADE,
        "care": _GRADE,
        "care_leavers": _GRADE,
        "source_file_id": _filled(),
    },
    checks=[
        pa.Check(lambda df: df["inspected_on"] <= df["published_on"], name="begins, then reports"),
        pa.Check(
            lambda df: ~df.duplicated(["area_code", "inspected_on", "event"]), name="unique key"
        ),
    ],
)
INSPECTION_COLUMNS = tuple(INSPECTION.columns)

SOURCE_FILE = pa.DataFrameSchema(
    {
        "source_file_id": pa.Column(unique=True),
        "sha256": pa.Column(checks=pa.Check.str_matches(r"^[0-9a-f]{64}$")),
        "rows": pa.Column(checks=pa.Check.ge(0)),
    }
)

FINDING = pa.DataFrameSchema(
    {
        "check_id": _filled(),
        "severity": pa.Column(checks=_one_of("error", "warning", "info")),
        "message": _filled(),
    }
)

_P = pa.Column(float, checks=pa.Check.in_range(0, 1), nullable=True, coerce=True)
_KINDS = ("performance", "context", "data")

SIGNAL = pa.DataFrameSchema(
    {
        "sentence": _filled(),
        "p_value": _P,
        "q_value": _P,
        "kind": pa.Column(checks=_one_of(*_KINDS)),
        "direction": pa.Column(checks=_one_of("worse", "better", "higher", "lower"), nullable=True),
        "fingerprint": _filled(),
    },
    unique=["area_code", "indicator_id", "period", "rule"],
)

ENQUIRY = pa.DataFrameSchema(
    {
        "position": pa.Column(checks=pa.Check.ge(1)),
        "title": _filled(),
        "sentence": _filled(),
        "kind": pa.Column(checks=_one_of(*_KINDS)),
        "n_signals": pa.Column(checks=pa.Check.ge(1)),
        "fingerprint": _filled(),
    },
    unique=["area_code", "enquiry_id"],
)

TRIAGE = pa.DataFrameSchema(
    {
        "area_code": pa.Column(unique=True),
        "n_tests": pa.Column(checks=pa.Check.ge(0)),
        "n_signals": pa.Column(checks=pa.Check.ge(0)),
        "n_data": pa.Column(checks=pa.Check.ge(0)),
        "n_lines": pa.Column(checks=pa.Check.ge(0)),
        "n_listed": pa.Column(checks=pa.Check.ge(0)),
        "rate": pa.Column(checks=pa.Check.in_range(0, 1)),
        "expected_false": pa.Column(float, checks=pa.Check.ge(0), nullable=True, coerce=True),
    }
)

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "area": AREA,
    "indicator": INDICATOR,
    "observation": OBSERVATION,
    "neighbour": NEIGHBOUR,
    "inspection": INSPECTION,
    "comparison": COMPARISON,
    "source_file": SOURCE_FILE,
    "finding": FINDING,
    "signal": SIGNAL,
    "enquiry": ENQUIRY,
    "triage": TRIAGE,
}
