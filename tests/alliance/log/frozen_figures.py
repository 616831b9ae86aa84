"""Figures taken from the small invented country, or any release, for tests of the evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alliance.comparison_set import read_scope
from alliance.log.entry import FrozenEvidence
from alliance.log.freezing import freeze
from alliance.log.writing import Figure
from alliance.service import Served
from alliance.settings import load_settings
from alliance.view import parse_view
from indicators.queries import Release
from tests.conftest import Small

AT = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
ASHBY, BIRCH, DUNSTAN = "701", "702", "704"


def served_of(small: Small) -> Served:
    """The small country's release that is being served."""
    return Served(Release(small.store.current_path()), load_settings(small.store.home, {}))


def take(
    served: Served, code: str, indicator_id: str, period: str = "", scope: str = "region"
) -> Figure:
    """The figure as it would be frozen now; the latest period where none is named."""
    view = parse_view(served, {"us": code, "scope": scope})
    period = period or served.periods[indicator_id][-1]["period"]
    scope = read_scope(served, view, {"scope": scope})
    return freeze(served, view, served.indicators[indicator_id], period, scope, "/indicator/x?us=1")


def kept(figure: Figure, number: int = 1, **changes: Any) -> FrozenEvidence:
    """A figure as the log gives it back."""
    values = {
        "id": number, "entry_id": 1, "at": AT, "by": "ana", "release_id": figure.release_id,
        "indicator_id": figure.indicator_id, "area_code": figure.area_code,
        "period": figure.period, "sentence": figure.sentence, "address": figure.address,
        "frozen": figure.frozen, "picture": figure.picture,
    }  # fmt: skip
    return FrozenEvidence(**(values | changes))
