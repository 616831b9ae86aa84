"""What each column of the web API's answers is: kind, unit, meaning, the values that it may have.

The meaning is written here once, for the OpenAPI description; the values allowed are those of the
release's own schemas. Holds no query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ingest.schemas.release import SCHEMAS

Kind = Literal["text", "integer", "number", "flag", "date", "time", "texts"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its unit is part of `meaning`; `values` are all that it may hold, where few."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False
    values: tuple[str, ...] = ()


def _allowed(table: str, column: str) -> tuple[str, ...]:
    """The values that the release's schema allows in a column."""
    (check,) = SCHEMAS[table].columns[column].checks
    return tuple(check.statistics["allowed_values"])


_INDICATOR_ID = Column("indicator_id", "text", "Which indicator: a key of /indicators.")
_AREA_CODE = Column(
    "area_code",
    "text",
    "Which area: the three-digit DfE number of an authority, the GSS code of a region or of the "
    "country. A key of /areas.",
)
_PERIOD = Column(
    "period",
    "text",
    "2025 for a point in time or a reporting year, 2024/25 for a year that spans two, a longer "
    "span as published.",
)
_PERIOD_END = Column("period_end", "date", "Last day of the period.")
_VALUE = Column(
    "value",
    "number",
    "The figure as published, in the indicator's unit (see unit in /indicators). Null where "
    "status is anything but reported; never 0 for a figure that was withheld.",
    nullable=True,
)
_STATUS = Column(
    "status",
    "text",
    "Whether there is a figure, and why not: reported, suppressed (withheld because numbers are "
    "small), not_available, not_applicable, rounds_to_zero (above 0, but rounds to it), "
    "low_reliability, missing.",
    values=_allowed("observation", "status"),
)
_SYMBOL = Column(
    "symbol", "text", "The publisher's own symbol where there is no figure.", nullable=True
)
_PROVISIONAL = Column("provisional", "flag", "True where the publisher calls it provisional.")
_JOINT_WITH = Column(
    "joint_with",
    "text",
    "The other authorities of a joint return: all of them have the same figure.",
    nullable=True,
)
_NUMERATOR = Column(
    "numerator",
    "number",
    "What was counted (numerator_label in /indicators), as published; null where it is not.",
    nullable=True,
)
_DENOMINATOR = Column(
    "denominator",
    "number",
    "Out of how many (denominator_label in /indicators), as published; null where it is not.",
    nullable=True,
)
_SOURCE_FILE = Column("source_file_id", "text", "The file that it stands in: a key of /sources.")
_SOURCE_FILE_OR_NONE = Column(
    "source_file_id", "text", "The file that it is about: a key of /sources.", nullable=True
)

_AREA = (
    _AREA_CODE,
    Column("area_level", "text", "What kind of area.", values=_allowed("area", "area_level")),
    Column("name", "text", "The area's name."),
    Column("gss_code", "text", "Its newest GSS code (nine characters)."),
    Column(
        "region_code",
        "text",
        "Of an authority, its region (London for its boroughs); of Inner and Outer London, London.",
        nullable=True,
    ),
    Column("region", "text", "The name of that region.", nullable=True),
    Column("subregion_code", "text", "Inner or Outer London, of its boroughs.", nullable=True),
    Column("authority_type", "text", "Kind of authority, in words.", nullable=True),
    Column("valid_from", "date", "The day it came into being; null if long ago.", nullable=True),
    Column("valid_to", "date", "The last day it was; null if it still is.", nullable=True),
    Column("successor_codes", "texts", "The authorities that it became; empty if it still is."),
)

_INDICATOR = (
    _INDICATOR_ID,
    Column("title", "text", "What the indicator is called."),
    Column("domain", "text", "The heading that it stands under in this product."),
    Column("topic", "text", "The publisher's own heading."),
    Column("domain_order", "integer", "Place of the domain, from 0."),
    Column("indicator_order", "integer", "Place of the indicator, from 0."),
    Column(
        "unit",
        "text",
        "Unit of value, of its comparators, intervals and change: percent (0 to 100), per_1000, "
        "per_10000 or per_100000 (of the population), count, score, gbp (pounds), fte (full-time "
        "equivalents), days, ratio, or grade (1 to 4: an order, never averaged).",
        values=_allowed("indicator", "unit"),
    ),
    Column(
        "polarity",
        "text",
        "Which way is better: high, low, or none for a measure of context.",
        values=_allowed("indicator", "polarity"),
    ),
    Column("decimals", "integer", "Decimal places for display; figures are as published."),
    Column("numerator_label", "text", "What numerator counts."),
    Column("denominator_label", "text", "What denominator counts."),
    Column("source_id", "text", "The publication that it comes from: source_id in /sources."),
    Column("source_key", "text", "The publisher's own key: a file or measure name."),
    Column("headline", "flag", "True for the indicators of the overview and of profiles."),
    Column("definition", "text", "What is measured."),
    Column("methodology", "text", "How the publisher makes it, where they say so."),
    Column("caveats", "text", "What to bear in mind."),
    Column("cadence", "text", "How often it comes out."),
    Column("next_update", "date", "When the publisher announces the next one.", nullable=True),
    Column(
        "interval_method",
        "text",
        "How intervals are made: wilson (proportions), byar (rates), or none.",
        values=_allowed("indicator", "interval_method"),
    ),
    Column(
        "timing",
        "text",
        "Whether a period is the day it ends (snapshot) or the year up to then.",
        values=_allowed("indicator", "timing"),
    ),
    Column("publisher_bands", "flag", "False where the publisher asks that no quarters be shown."),
)

_OBSERVATION = (
    _INDICATOR_ID,
    _AREA_CODE,
    _PERIOD,
    Column("period_start", "date", "First day of the period."),
    _PERIOD_END,
    _VALUE,
    _NUMERATOR,
    _DENOMINATOR,
    _STATUS,
    _SYMBOL,
    _PROVISIONAL,
    _JOINT_WITH,
    _SOURCE_FILE,
    Column("source_row", "integer", "Its row in that file, from 1.", nullable=True),
)


def _limit(name: str, end: str, level: str) -> Column:
    meaning = (
        f"{end} end of the {level}% confidence interval, in the indicator's unit; null where no "
        "interval can be had. It allows for chance alone."
    )
    return Column(name, "number", meaning, nullable=True)


def _rank(name: str, among: str) -> Column:
    meaning = (
        f"Rank among {among}: 1 is the best, or the highest where neither way is better. Ties "
        "share the smallest rank. Read it with the interval: a rank by itself says little."
    )
    return Column(name, "integer", meaning, nullable=True)


_COMPARISON = (
    _INDICATOR_ID,
    _AREA_CODE,
    _PERIOD,
    _PERIOD_END,
    _VALUE,
    _STATUS,
    _SYMBOL,
    _PROVISIONAL,
    _JOINT_WITH,
    _NUMERATOR,
    _DENOMINATOR,
    Column(
        "england", "number", "The country's figure as published, in the indicator's unit.",
        nullable=True,
    ),
    Column(
        "england_unrounded",
        "number",
        "The country's figure from its published counts, in the indicator's unit: what vs_england "
        "is worked out with.",
        nullable=True,
    ),
    Column(
        "region", "number", "The region's figure as published, in the indicator's unit.",
        nullable=True,
    ),
    Column("region_basis", "text", "The area whose published row region is.", nullable=True),
    Column(
        "neighbours_mean",
        "number",
        "Mean over the statistical neighbours (newest model) with a figure, in the indicator's "
        "unit.",
        nullable=True,
    ),
    Column(
        "neighbours_median", "number", "Their median, in the indicator's unit.", nullable=True
    ),
    Column("neighbours_n", "integer", "How many of the neighbours have a figure."),
    _rank("rank_england", "all authorities"),
    Column("n_england", "integer", "Authorities with a figure."),
    _rank("rank_region", "the region's authorities"),
    Column("n_region", "integer", "Authorities of the region with a figure."),
    Column(
        "n_equal_region", "integer", "Authorities of the region that share the rank.",
        nullable=True,
    ),
    _rank("rank_neighbours", "the authority and its neighbours"),
    Column("n_neighbours", "integer", "Of those, how many have a figure."),
    Column(
        "quartile_band",
        "text",
        "A (best quarter) to D; null where neither way is better, the publisher asks that no "
        "quarters be shown, or the figure is a number or rests on a denominator that is suppressed "
        "or under 30.",
        nullable=True,
        values=_allowed("comparison", "quartile_band"),
    ),
    Column(
        "change",
        "number",
        "Difference from the period that ended a year before, in the indicator's unit (percentage "
        "points for percent).",
        nullable=True,
    ),
    _limit("ci95_low", "Lower", "95"),
    _limit("ci95_high", "Upper", "95"),
    _limit("ci998_low", "Lower", "99.8"),
    _limit("ci998_high", "Upper", "99.8"),
    Column(
        "vs_england",
        "text",
        "Where the 95% interval lies against england_unrounded: better or worse where one way is "
        "better, higher or lower where neither is, similar where it holds it.",
        nullable=True,
        values=_allowed("comparison", "vs_england"),
    ),
)  # fmt: skip

_NEIGHBOUR = (
    Column("model", "text", "The year of the statistical neighbour model."),
    _AREA_CODE,
    Column("position", "integer", "1 is the closest."),
    Column("neighbour_code", "text", "The neighbour: a key of /areas."),
    Column("closeness", "text", "How close, in the publisher's words."),
)

_JUDGEMENTS = (
    ("overall", "Overall effectiveness"),
    ("leaders", "The impact of leaders"),
    ("help_protection", "Children who need help and protection"),
    ("care", "Children in care (with care leavers before 1 January 2023)"),
    ("care_leavers", "Care leavers"),
)

_INSPECTION = (
    _AREA_CODE,
    Column("framework", "text", "The framework that it was made under."),
    Column("event", "text", "Kind of inspection or visit, as published."),
    Column("theme", "text", "What a visit looked at.", nullable=True),
    Column("inspected_on", "date", "The day it began."),
    Column("published_on", "date", "The day its report came out."),
    *(
        Column(
            name, "text", f"{words}: the judgement in words; null where none was made.",
            nullable=True, values=_allowed("inspection", name),
        )
        for name, words in _JUDGEMENTS
    ),
    _SOURCE_FILE,
)  # fmt: skip

_SOURCE = (
    Column("source_file_id", "text", "The file's key within this release."),
    Column("source_id", "text", "The publication's key."),
    Column("file_name", "text", "The file's name as published."),
    Column("sha256", "text", "Hash of its bytes, in hex."),
    Column("bytes", "integer", "Its size in bytes."),
    Column("rows", "integer", "How many rows it has."),
    Column("last_year", "integer", "The year its last period ends in.", nullable=True),
    Column("publisher", "text", "Who published it."),
    Column("publication", "text", "In which publication."),
    Column("licence", "text", "Under which licence."),
    Column("homepage", "text", "Where the publication is."),
    Column("retrieved_from", "text", "Where the file was had from."),
    Column("retrieved_at", "time", "When, in UTC."),
    Column("published_on", "date", "The day it came out, where known.", nullable=True),
)

_FINDING = (
    Column("check_id", "text", "Which check."),
    Column("severity", "text", "How grave.", values=_allowed("finding", "severity")),
    _SOURCE_FILE_OR_NONE,
    Column("file_name", "text", "The file's name, where it was not read.", nullable=True),
    Column("column", "text", "The column in that file.", nullable=True),
    Column("indicator_id", "text", "The indicator that it is about.", nullable=True),
    Column("area_code", "text", "The area that it is about.", nullable=True),
    Column("period", "text", "The period that it is about.", nullable=True),
    Column("message", "text", "What was found."),
    Column("rows", "text", "Rows of the file; its header is row 1.", nullable=True),
)

_KIND = Column(
    "kind",
    "text",
    "performance; context of a measure that is neither good nor bad; data where the return may "
    "explain the figure.",
    values=_allowed("signal", "kind"),
)
_FINGERPRINT = Column(
    "fingerprint", "text", "The same in every release for as long as the evidence is the same."
)

_ENQUIRY = (
    _AREA_CODE,
    Column("position", "integer", "Its place on the authority's list, from 1."),
    Column("enquiry_id", "text", "Its key: the authority and what the line is of."),
    Column("title", "text", "What it is about."),
    Column("sentence", "text", "What leads it, with its number, comparator and period."),
    _KIND,
    Column("domain", "text", "The domain of the leading indicator."),
    Column("lead_indicator_id", "text", "The leading indicator: a key of /indicators."),
    Column("lead_rule", "text", "The rule by which that stands out."),
    _PERIOD,
    Column("n_signals", "integer", "How many signals it holds."),
    _FINGERPRINT,
    Column(
        "published_on",
        "date",
        "The latest day on which one of its sources came out, where known.",
        nullable=True,
    ),
    Column(
        "link_words", "text", "Why its indicators stand together; never as cause.", nullable=True
    ),
)

_SIGNAL = (
    _AREA_CODE,
    _INDICATOR_ID,
    _PERIOD,
    Column("rule", "text", "The rule by which the figure stands out."),
    Column("sentence", "text", "What stands out, with its number, comparator and period."),
    Column(
        "p_value",
        "number",
        "How likely chance alone is to do so much; null of a rule about "
        "the data, which tests nothing.",
        nullable=True,
    ),
    Column(
        "q_value",
        "number",
        "That of its line: the smallest false discovery rate over all lines of all authorities at "
        "which the line is still kept. Null of a rule about the data.",
        nullable=True,
    ),
    _KIND,
    Column(
        "evidence",
        "text",
        "What the rule saw, as a JSON object: value, comparator, counts, periods.",
    ),
    Column(
        "direction",
        "text",
        "Which way; null of a rule about the data.",
        nullable=True,
        values=_allowed("signal", "direction"),
    ),
    Column(
        "enquiry_id",
        "text",
        "The line of /enquiries that lists it; null where none does.",
        nullable=True,
    ),
    _FINGERPRINT,
)

_TRIAGE = (
    _AREA_CODE,
    Column("n_tests", "integer", "How many tests of its latest figures were made."),
    Column("n_signals", "integer", "How many of the tests stood out."),
    Column("n_data", "integer", "How many notes about the data there are, which rest on no test."),
    Column("n_lines", "integer", "How many lines of enquiry stand out by a test."),
    Column("n_listed", "integer", "How many lines its list has, one about the data among them."),
    Column("rate", "number", "The false discovery rate that is promised over all lines of all "
           "authorities, from 0 to 1."),
    Column("expected_false", "number", "Of the country's row: how many of all lines may be "
           "expected to be chance alone, at most. Null of one authority, of whose list alone no "
           "rate is held.", nullable=True),
)  # fmt: skip

RELEASE = (
    Column("release_id", "text", "When it was built, and eight hex digits of its content."),
    Column("built_at", "time", "When it was built, in UTC."),
    Column("built_by", "text", "By whom."),
    Column("tool_version", "text", "The version of this product that built it."),
    Column("demo", "flag", "True where every authority and figure in it is invented."),
    Column("n_observations", "integer", "How many observations it holds."),
    Column("n_indicators", "integer", "How many indicators it holds."),
    Column("previous_release_id", "text", "The release before it.", nullable=True),
)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "area": _AREA,
    "indicator": _INDICATOR,
    "observation": _OBSERVATION,
    "comparison": _COMPARISON,
    "neighbour": _NEIGHBOUR,
    "inspection": _INSPECTION,
    "source_file": _SOURCE,
    "finding": _FINDING,
    "enquiry": _ENQUIRY,
    "signal": _SIGNAL,
    "triage": _TRIAGE,
    "release": RELEASE,
}
"""The columns of each table's answers, in their order, by name of the table."""

PERIOD_OF_INDICATOR = (
    _PERIOD,
    Column("period_start", "date", "First day of the period."),
    _PERIOD_END,
    Column("authorities_with_a_figure", "integer", "How many authorities have a figure in it."),
)
"""The columns of the periods that an indicator has."""
