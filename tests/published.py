"""An independent reading of the real published files, for expectations.

Nothing here imports the product: selections come from headline_indicators.csv, symbols and periods
are read anew, and all arithmetic is pandas.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_calamine

COUNTRY = "E92000001"
POPULATION_FILE = "ons_mid-year_population_estimates_2012_to_2024.csv"
STATUS_OF = {
    "c": "suppressed",
    "x": "not_available",
    "z": "not_applicable",
    "k": "rounds_to_zero",
    "low": "rounds_to_zero",
    "u": "low_reliability",
    "": "missing",
    "-": "missing",
}
UNIT_OF = {
    "%": "percent",
    "per10k": "per_10000",
    "score": "score",
    "cases/FTE": "ratio",
}
POLARITY_OF = {"ctx": "none", "low": "low", "high": "high"}
REGION_OF_LAIT_NUMBER = {
    "970": COUNTRY,
    "980": "E12000001",
    "981": "E12000002",
    "982": "E12000003",
    "983": "E12000004",
    "984": "E12000005",
    "985": "E12000006",
    "986": "E12000007",
    "987": "E13000001",
    "988": "E13000002",
    "989": "E12000008",
    "990": "E12000009",
}
KEY = ["indicator_id", "area_code", "period"]


@cache
def read_text(path: Path) -> pd.DataFrame:
    """A published CSV file, every cell as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def headline_rows(folder: Path) -> list[dict[str, str]]:
    """The rows of headline_indicators.csv whose EES file is in the folder."""
    table = read_text(folder / "headline_indicators.csv")
    there = [(folder / "ees" / name).is_file() for name in table["file"]]
    return [{str(k): str(v) for k, v in row.items()} for row in table[there].to_dict("records")]


def with_keys(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of an EES file with the code of their area, as published."""
    level = table["geographic_level"]
    area = np.select(
        [level == "National", level == "Regional", level == "Local authority"],
        [table["country_code"], table["region_code"], table["old_la_code"]],
        default="?",
    )
    return table.assign(area=area)


def number(cell: str) -> float:
    """A cell's number, NaN where it is a symbol; fails on anything else."""
    return float("nan") if cell in STATUS_OF else float(cell)


def label(time_period: str) -> str:
    """2025 stays 2025, 202425 is 2024/25."""
    return time_period if len(time_period) == 4 else f"{time_period[:4]}/{time_period[4:]}"


def end_year(period: str) -> int:
    """The year in which a period ends, by its label."""
    if re.fullmatch(r"\d{4}", period):
        return int(period)
    first, last = int(period[:4]), int(period[-2:])
    return first // 100 * 100 + last + (100 if last < first % 100 else 0)


def _select(table: pd.DataFrame, filters: dict[str, str]) -> pd.DataFrame:
    for column, value in filters.items():
        table = table[table[column] == value]
    assert len(table), filters
    assert not table.duplicated(["time_period", "area"]).any(), filters
    return table


def _denominator(
    row: dict[str, str], table: pd.DataFrame, chosen: pd.DataFrame, folder: Path
) -> Any:
    """The denominator cells of the chosen rows: one list of texts for each column that is added."""
    what = row["denominator"]
    if not what:
        return None
    if what == "MYE(t-1)":
        population = with_keys(read_text(folder / "ees" / POPULATION_FILE))
        keys = zip(population["area"], population["time_period"], strict=True)
        by_key = dict(zip(keys, population["population_estimate"], strict=True))
        wanted = zip(chosen["area"], chosen["time_period"], strict=True)
        return [[by_key.get((area, str(int(year) - 1))) for area, year in wanted]]
    if " @ " in what:
        column, override = what.split(" @ ")
        other = _select(table, json.loads(row["filters"]) | json.loads(override))
        by_key = dict(
            zip(zip(other["area"], other["time_period"], strict=True), other[column], strict=True)
        )
        wanted = zip(chosen["area"], chosen["time_period"], strict=True)
        return [[by_key.get(key) for key in wanted]]
    columns = {
        "inpost+agency": ["inpost_fte", "agency_fte"],
        "inpost+vacancy": ["inpost_fte", "vacancy_fte"],
    }.get(what, [what])
    return [list(chosen[column]) for column in columns]


def expected_of(row: dict[str, str], folder: Path) -> pd.DataFrame:
    """What a release must hold for one headline indicator: one row for each published cell, a
    joint return still under its published code."""
    table = with_keys(read_text(folder / "ees" / row["file"]))
    chosen = _select(table, json.loads(row["filters"]))
    numerators = list(chosen[row["numerator"]])
    parts = _denominator(row, table, chosen, folder)
    records = []
    scale = {"%": 100, "per10k": 10_000}.get(row["unit"], 1)
    for i, (area, time) in enumerate(zip(chosen["area"], chosen["time_period"], strict=True)):
        cells = [] if parts is None else [part[i] for part in parts]
        top = number(numerators[i])
        bottom = float("nan")
        if cells and None not in cells:
            bottom = sum(number(cell) for cell in cells)
        record: dict[str, Any] = {
            "area": area,
            "time": time,
            "period": label(time),
            "numerator": top,
            "denominator": bottom,
        }
        if row["published_value"] == "(derive)":
            record |= _derived(numerators[i], top, cells, bottom, scale)
        else:
            cell = chosen[row["published_value"]].iloc[i]
            symbolic = cell in STATUS_OF
            record |= {"value": number(cell), "symbol": cell if symbolic else None}
            record["status"] = STATUS_OF[cell] if symbolic else "reported"
        records.append(record)
    return pd.DataFrame(records).assign(indicator_id=row["id"])


def _derived(
    numerator: str, top: float, cells: list[str | None], bottom: float, scale: int
) -> dict[str, Any]:
    symbol: str | None
    if numerator in STATUS_OF:
        symbol, status = numerator, STATUS_OF[numerator]
    elif None in cells:
        symbol, status = None, "missing"
    else:
        symbol = next((cell for cell in cells if cell in STATUS_OF), None)
        status = "reported" if symbol is None else STATUS_OF[symbol]
    if status == "reported" and bottom == 0:
        return {"value": float("nan"), "symbol": None, "status": "not_applicable"}
    value = top * scale / bottom if status == "reported" else float("nan")
    return {"value": value, "symbol": symbol, "status": status}


@cache
def expected_headline(folder: Path) -> pd.DataFrame:
    """`expected_of` for every headline indicator, each joint return given to its authorities."""
    frame = pd.concat([expected_of(row, folder) for row in headline_rows(folder)])
    parts = frame["area"].str.split(" / ")
    frame = frame.assign(area_code=parts, joint=parts.str.len() > 1).explode("area_code")
    return frame.reset_index(drop=True)


# The comparison tool --------------------------------------------------------------------------


@cache
def dictionary(folder: Path) -> pd.DataFrame:
    """The rows of the tool's dictionary that are not discontinued."""
    table = read_text(folder / "lait" / "lait_data_dictionary.csv")
    return table[~table["Table_status"].str.lower().str.contains("discontinued")]


def lait_label(year: str) -> str | None:
    """The period of a year as the tool writes it; None for what is no year."""
    text = re.sub(r"\s*\(.*\)$", "", year)
    if re.fullmatch(r"\d{4}", text):
        return text
    if match := re.fullmatch(r"(\d{4})[-/](\d{2})", text):
        first, last = int(match[1]), int(match[2])
        return f"{first}/{last:02d}" if (first + 1) % 100 == last else f"{first}-{last:02d}"
    if match := re.fullmatch(r"(\d{4}/\d{2})-(\d{2}/\d{2})", text):
        return f"{match[1]}-20{match[2]}"
    return None


@cache
def expected_lait(folder: Path) -> pd.DataFrame:
    """Every figure of every measure that is not discontinued: measure, area_code, period, value."""
    table = pd.read_parquet(folder / "lait" / "bds_long_0.parquet")
    table = table[table["Short Desc"].isin(set(dictionary(folder)["Measure_short"]))]
    labels = {year: lait_label(year) for year in table["Years"].unique()}
    codes = {
        value: REGION_OF_LAIT_NUMBER.get(str(int(value)), str(int(value)))
        for value in table["LA Number"].unique()
    }
    values = pd.to_numeric(table["Values"].where(table["Values"] != "-"))
    frame = pd.DataFrame(
        {
            "measure": table["Short Desc"],
            "area_code": table["LA Number"].map(codes),
            "period": table["Years"].map(labels),
            "value": values,
            "cell": table["Values"],
            "provisional": table["Years"].str.contains("(prov", regex=False),
        }
    )
    return frame[frame["period"].notna()].reset_index(drop=True)


# Areas ----------------------------------------------------------------------------------------


@cache
def published_region(folder: Path) -> dict[str, str]:
    """The region code that files put on each authority's rows (a part of London for London)."""
    found: dict[str, str] = {}
    for path in sorted((folder / "ees").glob("*.csv")):
        table = read_text(path)
        local = table[table["geographic_level"] == "Local authority"]
        for code, region in zip(local["old_la_code"], local["region_code"], strict=True):
            for part in code.split(" / "):
                found[part] = region
    return found


@cache
def neighbours(folder: Path) -> dict[str, list[str]]:
    """The ten statistical neighbours of each authority, 2025 model: from the wide table, and from
    the workbook for the abolished authorities that it has and the table has not."""
    table = read_text(folder / "reference" / "sn_model_2025_wide.csv")
    columns = [f"SN_{i}" for i in range(1, 11)]
    found = {row["old_la_code"]: [row[c] for c in columns] for row in table.to_dict("records")}
    book = python_calamine.CalamineWorkbook.from_path(folder / "lait" / "sn_may_2025.xlsx")
    rows = book.get_sheet_by_index(0).to_python()
    header = next(row for row in rows if "SN1" in row)
    places = [header.index(f"SN{i}") for i in range(1, 11)]
    for row in rows[rows.index(header) + 1 :]:
        code = f"{row[0]:.0f}" if isinstance(row[0], float) else str(row[0])
        if code in {"835", "836", "837", "909", "928"}:
            found[code] = [f"{row[place]:.0f}" for place in places]
    return found
