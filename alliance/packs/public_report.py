"""An authority's report for elected members and the public: what it set out to improve, what was
done, and whether it worked.

Made of what its director decided to publish and of published figures, and of nothing else: it is
the same for whoever asks, and says nothing of whether there is more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from alliance.exports.about import SUPPRESSION, source_pairs
from alliance.log.entry import Published
from alliance.log.trajectory import (
    Aim,
    Course,
    Row,
    Standing,
    children_words,
    course_sentence,
    standing_of,
)
from alliance.packs.document import (
    Block,
    Document,
    heading,
    labelled,
    para,
    picture,
    quote,
    small,
    stamp_of,
)
from alliance.packs.figures import Shown, gap_notes, show_course
from alliance.service import Served
from indicators.series import with_missing_years
from indicators.words import format_day, format_with_unit

SUBTITLE = "What we set out to improve, and whether it worked"
MARKING = "For elected members and the public: nothing in this report is confidential"
VERDICTS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.REACHED: "Yes: the figure has reached the target.",
        Standing.ON_THE_WAY: "Not yet: the figure has moved towards the target.",
        Standing.NOT_MOVING: "Not so far: the figure has not moved by more than chance explains.",
        Standing.FURTHER_AWAY: "Not so far: the figure has moved away from the target.",
        Standing.PAST: "No: the day has passed, and the latest published figure has not reached "
        "the target.",
        Standing.ABOVE: "The figure is above the path that was set. It is neither good nor bad.",
        Standing.BELOW: "The figure is below the path that was set. It is neither good nor bad.",
        Standing.ON_PATH: "The figure is on the path that was set.",
        Standing.NOTHING_YET: "It cannot be said yet: no figure has been published since.",
    }
)
"""Whether it worked, in a sentence for everyone."""
NO_FIGURE = "No published figure measures this objective, so no figure can show whether it worked."
NOT_TO_BE_TOLD = (
    "The figure that it started from is not among the published ones, so the way to the target "
    "cannot be drawn."
)
CAUTION = (
    "A figure that stands far from others tends to come nearer by itself, and many things move it "
    "at once: a change beside the work does not prove that the work made it."
)


@dataclass(frozen=True, slots=True)
class Report:
    """An authority of the release, and what it has published."""

    served: Served
    code: str
    published: Sequence[Published]
    today: date

    @property
    def name(self) -> str:
        """The authority's name."""
        return self.served.name(self.code)


def report_document(report: Report) -> Document:
    """The report as a document."""
    stamp = stamp_of(report.served, report.today, MARKING)
    blocks: list[Block] = []
    if not report.published:
        blocks.append(para(nothing_words(report.name)))
    else:
        blocks += [para(lead_words(report.name)), heading("In short"), *_in_short(report)]
        for number, one in enumerate(report.published, start=1):
            blocks += _objective(report, number, one)
    blocks += _about(report)
    return Document(report.name, SUBTITLE, stamp, blocks)


def nothing_words(name: str) -> str:
    """What is said where nothing is published: not whether there is anything."""
    return (
        f"{name} has not published an objective here. What is published is decided by its director "
        "of children’s services."
    )


def lead_words(name: str) -> str:
    """By whose decision it is published."""
    return (
        f"These objectives of {name} were published by decision of its director of children’s "
        "services. The figures are the publishers’ own, as they stand in the release named below."
    )


def _in_short(report: Report) -> Iterable[Block]:
    for one in report.published:
        yield labelled(one.objective, verdict_words(report, one))


def verdict_words(report: Report, one: Published) -> str:
    """Whether it worked, by published figures alone."""
    indicator = report.served.indicators.get(one.indicator_id or "")
    if indicator is None or one.target is None:
        return NO_FIGURE
    course = _course(report, indicator)
    aim = _aim(one, indicator, course)
    if aim is None:
        return NOT_TO_BE_TOLD
    return VERDICTS[standing_of(aim, _since(course, aim), report.today)]


def _objective(report: Report, number: int, one: Published) -> Iterable[Block]:
    yield heading(f"{number}. {one.objective}")
    yield heading("What was done", 2)
    yield quote(one.done)
    yield heading("Did it work?", 2)
    yield para(verdict_words(report, one), strong=True)
    shown = show_published(report, one)
    if shown is not None:
        yield para(shown.sentence)
        if shown.svg:
            yield picture(shown.svg, shown.sentence)
        yield from (small(words) for words in shown.notes)
    if one.result:
        yield heading("What came of it, in the authority’s words", 2)
        yield quote(one.result)
    yield small(f"Published on {format_day(one.on)}.")


def show_published(report: Report, one: Published) -> Shown | None:
    """The published figures beside the target; None where nothing measures it."""
    served = report.served
    indicator = served.indicators.get(one.indicator_id or "")
    if indicator is None or one.target is None:
        return None
    course = _course(report, indicator)
    aim = _aim(one, indicator, course)
    gaps = gap_notes(served, [course])
    if aim is None:
        target = format_with_unit(one.target, indicator["unit"], indicator["decimals"])
        by = f" by {format_day(one.by)}" if one.by else ""
        sentence = f"{indicator['title']}, {report.name}: the target is {target}{by}."
        return show_course(served, indicator, [course], None, sentence=sentence, notes=gaps)
    course = _since(course, aim)
    reached = standing_of(aim, course, report.today) == Standing.REACHED
    children = "" if reached else children_words(aim, course)
    return show_course(
        served, indicator, [course], aim,
        sentence=course_sentence(served, aim, [course], report.today),
        notes=[*([children] if children else []), *gaps],
    )  # fmt: skip


def _course(report: Report, indicator: Row) -> Course:
    rows = report.served.release.series(indicator["indicator_id"], report.code)
    return Course(report.code, list(with_missing_years(rows)), ())


def _since(course: Course, aim: Aim) -> Course:
    since = [row for row in course.rows if row["period_end"] > aim.start]
    return Course(course.code, course.rows, since)


def _aim(one: Published, indicator: Row, course: Course) -> Aim | None:
    """From the published figure of the period that it started from, whatever was written down as
    that figure; None where there is no such figure."""
    first = next((row for row in course.rows if row["period"] == one.baseline_period), None)
    if one.target is None or first is None or first["value"] is None:
        return None
    return Aim(indicator, first["value"], one.target, first["period_end"], one.by)


def _about(report: Report) -> Iterable[Block]:
    served = report.served
    used = {one.indicator_id: served.indicators.get(one.indicator_id or "")
            for one in report.published}  # fmt: skip
    indicators = [row for row in used.values() if row is not None]
    yield heading("About these figures")
    if report.published:
        yield small(CAUTION)
    if indicators:
        yield from (small(f"{what}: {words}") for what, words in source_pairs(served, indicators))
        yield small(SUPPRESSION)
    for row in indicators:
        yield small(f"{row['title']}: {' '.join((row['definition'] or '').split())}")
    if not indicators:
        yield small("No figure stands in this report.")
