"""What was set aside of an authority's list and what changed since the last meeting, as far as
whoever asks may see: of what they may not, the list says nothing and is as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alliance.access import TRIAD_SIDE, Audience
from alliance.log.agenda import Gathering
from alliance.log.asking import Asking, asking, may_have_entries
from alliance.log.entries import list_entries, parts_of
from alliance.log.entry import Entry
from alliance.log.fields import LONGEST_LINE
from alliance.log.kinds.aside import ASIDE, aside_of
from alliance.log.kinds.meeting import MEETING
from alliance.publishing import KIND as RELEASE_KIND
from alliance.publishing import Record
from alliance.saved.asking import asking_person
from alliance.service import Served
from alliance.store.events import list_events
from alliance.worth_discussing import DATA, Item, Worth, marks_of, read_many
from ingest.release import ReleaseStore

HELD = ("held", "minuted")
HELD_ASIDE, BROUGHT_BACK = (state.id for state in ASIDE.states)
Marks = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """An item where it stands: `asides` the entries that set it aside, the newest first, whether or
    not they still hold; `back` those that were brought back by hand; `is_new` where it was not on
    the list, or rested on other evidence, when the last meeting was held."""

    item: Item
    asides: tuple[Entry, ...] = ()
    is_new: bool = False
    back: tuple[Entry, ...] = ()

    @property
    def is_aside(self) -> bool:
        """Whether it stays aside: its evidence is that for which it was set aside."""
        return any(aside_of(e.content)[1] == self.item.fingerprint for e in self.asides)

    @property
    def came_back(self) -> bool:
        """Whether it was set aside for other evidence than there is now."""
        return bool(self.asides) and not self.is_aside


@dataclass(frozen=True, slots=True)
class Arranged:
    """A list as its reader sees it: what changed first, then the rest, then what may lie in the
    data; beside it what is set aside, and what was set aside and is on the list no more. `compared`
    where the list of the day of that meeting is known, and not only when figures came out."""

    since: Entry | None
    compared: bool
    changed: tuple[Placed, ...]
    others: tuple[Placed, ...]
    data: tuple[Placed, ...]
    aside: tuple[Placed, ...]
    gone: tuple[Entry, ...]

    @property
    def shown(self) -> tuple[Placed, ...]:
        """What is on the list, in its order."""
        return (*self.changed, *self.others, *self.data)


def arrange_for_reader(served: Served, worth: Worth) -> Arranged:
    """The list as whoever asks may see it."""
    if not may_have_entries(asking_person()):
        return arrange(worth, (), None)
    with asking(served) as asked:
        return arrange_as_asked(asked, worth)


def arrange_as_asked(asked: Asking, worth: Worth) -> Arranged:
    """The list as the person who asks may see it, against the last meeting that they know of."""
    since = last_meeting(asked)
    return arrange(worth, asides_of(asked, worth.code), since, _marks_at(asked, since))


def _marks_at(asked: Asking, since: Entry | None) -> Marks | None:
    """What lists said when the day of that meeting began: None where it is not known which release
    was served then, or that release is there no more."""
    if since is None or since.due_on is None:
        return None
    record = Record(list_events(asked.session, RELEASE_KIND))
    served_then = record.served_before(since.due_on)
    if served_then is None:
        return None
    return marks_of(ReleaseStore(asked.served.settings.home).path_of(served_then))


def asides_of(asked: Asking, code: str) -> list[Entry]:
    """What that authority has set aside or brought back since, as far as the person may see."""
    found = list_entries(asked.session, asked.person, ASIDE.id, states=(HELD_ASIDE, BROUGHT_BACK))
    return [entry for entry in found if code in entry.on_side(ASIDE.lead)]


def last_meeting(asked: Asking) -> Entry | None:
    """The latest meeting that was held, of those that the person may see."""
    found = list_entries(asked.session, asked.person, MEETING.id, states=HELD)
    past = [m for m in found if m.due_on is not None and m.due_on <= asked.today]
    return max(past, key=lambda m: (m.due_on or date.min, m.id), default=None)


def arrange(
    worth: Worth, asides: Sequence[Entry], since: Entry | None, marks: Marks | None = None
) -> Arranged:
    """Put a list in order: what the authority set aside stays so while its evidence is the same.
    `marks` are the fingerprints of the lists on the day of the meeting `since`, where known."""
    placed = [_place(item, asides, since, marks) for item in worth.items]
    on_list = [one for one in placed if not one.is_aside]
    about = [one for one in on_list if one.item.kind != DATA]
    named = {item.id for item in worth.items}
    return Arranged(
        since=since,
        compared=marks is not None,
        changed=tuple(one for one in about if one.is_new or one.came_back),
        others=tuple(one for one in about if not (one.is_new or one.came_back)),
        data=tuple(one for one in on_list if one.item.kind == DATA),
        aside=tuple(one for one in placed if one.is_aside),
        gone=tuple(
            e for e in asides if e.state == HELD_ASIDE and aside_of(e.content)[0] not in named
        ),
    )


def propose_enquiries(served: Served, gathering: Gathering) -> list[tuple[str, Placed]]:
    """For a meeting's agenda, what leads the list of each authority that it is for and is not on
    the agenda yet, by name: with each its authority's code. What some at the meeting may not know
    to be set aside is proposed as if it were not."""
    meeting = gathering.meeting
    codes = meeting.on_side(TRIAD_SIDE) if meeting.audience == Audience.TRIAD else gathering.members
    known = [code for code in served.authorities if code in set(codes)]
    found = list_entries(gathering.session, gathering.person, ASIDE.id, states=("aside",))
    asides = gathering.together(found)
    listed = {part.title for part in parts_of(gathering.session, gathering.person, meeting)}
    proposed = []
    for worth in read_many(served, known):
        own = [entry for entry in asides if worth.code in entry.on_side(ASIDE.lead)]
        first = next(iter(arrange(worth, own, None).shown), None)
        if first is not None and agenda_title(served, worth.code, first.item) not in listed:
            proposed.append((worth.code, first))
    return proposed


def agenda_title(served: Served, code: str, item: Item) -> str:
    """The line of an item about it on an agenda: published figures are nobody's secret."""
    return f"{served.name(code)}: {item.title}"[:LONGEST_LINE]


def _place(item: Item, asides: Sequence[Entry], since: Entry | None, marks: Marks | None) -> Placed:
    about = [entry for entry in asides if aside_of(entry.content)[0] == item.id]
    held = tuple(entry for entry in about if entry.state == HELD_ASIDE)
    back = tuple(entry for entry in about if entry.state == BROUGHT_BACK)
    if marks is not None:
        return Placed(item, held, marks.get(item.id) != item.fingerprint, back)
    published = item.row["published_on"]
    is_new = bool(since and since.due_on and published and published > since.due_on)
    return Placed(item, held, is_new, back)
