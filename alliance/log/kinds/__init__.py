"""Every kind of entry of the challenge log, a module each: declarations, walked by tests."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from alliance.log.kinds.action import ACTION
from alliance.log.kinds.aside import ASIDE
from alliance.log.kinds.assessment import ASSESSMENT
from alliance.log.kinds.challenge import CHALLENGE
from alliance.log.kinds.cycle import CYCLE
from alliance.log.kinds.meeting import ITEM, MEETING
from alliance.log.kinds.milestone import MILESTONE
from alliance.log.kinds.practice import PRACTICE
from alliance.log.kinds.priority import PRIORITY
from alliance.log.kinds.support import SUPPORT
from alliance.log.workflow import EntryKind

KINDS: Mapping[str, EntryKind] = MappingProxyType(
    {
        kind.id: kind
        for kind in (
            CHALLENGE, PRIORITY, MILESTONE, ACTION, SUPPORT, PRACTICE, ASSESSMENT, CYCLE, MEETING,
            ITEM, ASIDE,
        )
    }
)  # fmt: skip
"""Kinds of entry by id."""
