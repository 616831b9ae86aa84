"""A list of what is worth discussing, planted into a release by the columns of the contract between
the release and the pages: what a page shows is then known beforehand, whatever the rules find."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from ingest.release import ReleaseStore

_SIGNAL = """
CREATE OR REPLACE TABLE signal (
    area_code VARCHAR, indicator_id VARCHAR, period VARCHAR, rule VARCHAR, sentence VARCHAR,
    p_value DOUBLE, q_value DOUBLE, kind VARCHAR, direction VARCHAR, enquiry_id VARCHAR,
    fingerprint VARCHAR, evidence VARCHAR
)
"""
_ENQUIRY = """
CREATE OR REPLACE TABLE enquiry (
    area_code VARCHAR, position INTEGER, enquiry_id VARCHAR, title VARCHAR, sentence VARCHAR,
    kind VARCHAR, domain VARCHAR, lead_indicator_id VARCHAR, lead_rule VARCHAR, period VARCHAR,
    n_signals INTEGER, fingerprint VARCHAR, published_on DATE, link_words VARCHAR
)
"""
_TRIAGE = """
CREATE OR REPLACE TABLE triage (
    area_code VARCHAR, n_tests INTEGER, n_signals INTEGER, n_data INTEGER, n_lines INTEGER,
    n_listed INTEGER, rate DOUBLE, expected_false DOUBLE
)
"""
COUNTRY, LINES_OF_ALL = "T92000001", 80
BEFORE, AFTER = date(2026, 1, 15), date(2026, 3, 20)
"""Days of publication: before and after a meeting of early March 2026."""


@dataclass(frozen=True)
class Planted:
    """A line of enquiry: its leading signal, and others as (indicator, kind, direction)."""

    indicator: str
    title: str
    kind: str = "performance"
    direction: str | None = "worse"
    published: date = BEFORE
    fingerprint: str = "aaaa1111"
    beside: Sequence[tuple[str, str, str | None]] = ()
    link_words: str | None = None
    period: str = "2025"

    def sentence(self, code: str) -> str:
        """The leading signal's sentence."""
        return f"Of {code}: {self.title.lower()}, 12.5% in {self.period} against 9.0%."


def enquiry_id(code: str, one: Planted) -> str:
    """What a planted line of enquiry is called."""
    return f"{code}-{one.indicator}"


def plant(home: Path, lists: Mapping[str, Sequence[Planted]], *, tests: int = 312) -> None:
    """Serve a copy of the release that the home serves, with these lists, by authority, instead of
    its own; each authority had so many tests."""
    store = ReleaseStore(home)
    before = store.current_path()
    moment, _, content = before.stem.partition("-")
    path = before.with_name(f"{moment}-{(int(content, 16) + 1) % 16**8:08x}.duckdb")
    shutil.copy(before, path)
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        for ddl in (_SIGNAL, _ENQUIRY, _TRIAGE):
            connection.execute(ddl)
        for code, planted in lists.items():
            _plant(connection, code, planted, tests)
    store.pointer.write_text(path.stem, encoding="utf-8")


def _plant(
    connection: duckdb.DuckDBPyConnection, code: str, planted: Sequence[Planted], tests: int
) -> None:
    for position, one in enumerate(planted, 1):
        key, said = enquiry_id(code, one), one.sentence(code)
        n = 1 + len(one.beside)
        connection.execute(
            "INSERT INTO enquiry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [code, position, key, one.title, said, one.kind, "Topic", one.indicator, "funnel",
             one.period, n, one.fingerprint, one.published, one.link_words],
        )  # fmt: skip
        signals = [
            (one.indicator, "funnel", said, one.kind, one.direction),
            *(
                (
                    indicator,
                    "trend",
                    f"Of {code}: {indicator}, 7 in 2025 against 5.",
                    k,
                    d,
                )
                for indicator, k, d in one.beside
            ),
        ]
        for number, (indicator, rule, sentence, kind, direction) in enumerate(signals):
            connection.execute(
                "INSERT INTO signal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [code, indicator, one.period, rule, sentence, 0.001 * (number + 1), 0.02, kind,
                 direction, key, f"{one.fingerprint}{number}", json.dumps({"value": 12.5})],
            )  # fmt: skip
    tested = [one for one in planted if one.kind != "data"]
    counts = [tests, sum(1 + len(one.beside) for one in tested),
              len(planted) - len(tested), len(tested), len(planted)]  # fmt: skip
    for area, expected in ((code, None), (COUNTRY, 0.1 * LINES_OF_ALL)):
        connection.execute("DELETE FROM triage WHERE area_code = ?", [area])
        held = counts if expected is None else [9_000, 300, 40, LINES_OF_ALL, 120]
        connection.execute(
            "INSERT INTO triage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [area, *held, 0.1, expected]
        )
