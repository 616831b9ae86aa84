"""Data: the releases and what they change, how fresh each source is, where a figure comes from,
what the checks found, what became of every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from alliance.components.findings import ANY, SEVERITIES, findings_section
from alliance.components.frame import page_frame, page_layout
from alliance.components.navigation import register_navigation
from alliance.components.pickers import pickers, select
from alliance.components.provenance import provenance_section
from alliance.components.release_review import SCOPES, releases_section
from alliance.components.row_accounts import row_accounts_section
from alliance.components.source_freshness import freshness_section
from alliance.downloads import findings_address
from alliance.freshness import list_freshness
from alliance.people.current import current_person, current_time
from alliance.release_routes import EVERYONE, desk_for
from alliance.service import Served
from alliance.view import View, link, parse_view
from indicators.words import format_day

URL, ALLIANCE, US = "data-url", "data-alliance", "data-us"
INDICATOR, PERIOD = "data-indicator", "data-period"
SEVERITY, CHECK = "data-severity", "data-check"
NAMED: dict[str, Any] = {
    URL: dcc.Location,
    **dict.fromkeys((ALLIANCE, US, INDICATOR, PERIOD, SEVERITY, CHECK), dmc.Select),
}


@page_layout
def layout(served: Served, /, **query: str | None) -> Any:
    """The page for a query of `alliance`, `us`, `release` (opened with its `impact` on
    whom), `indicator`, `period`, `severity` and `check`."""
    view = parse_view(served, query)
    findings = served.release.findings()
    severity = query.get("severity") or ANY
    severity = severity if severity in SEVERITIES else ANY
    check = query.get("check") or ANY
    check = check if any(row["check_id"] == check for row in findings) else ANY
    person, now = current_person(), current_time()
    return page_frame(
        served,
        view,
        "data",
        [
            html.H1("Data"),
            html.P(_lead(served), className="lead"),
            releases_section(
                served, view, desk_for(served, person), person,
                query.get("release") or "", _scope(query.get("impact")),
            ),
            freshness_section(list_freshness(served, findings, today=now.date())),
            _provenance(served, view, query),
            findings_section(
                findings, severity, check, (SEVERITY, CHECK),
                findings_address(severity, check),
            ),
            row_accounts_section(served.release.row_accounts()),
        ],
        url_id=URL,
    )  # fmt: skip


def _scope(wanted: str | None) -> str:
    return wanted if wanted in SCOPES else EVERYONE


def _lead(served: Served) -> str:
    info = served.info
    return (
        f"You are looking at release {info.release_id}, built on "
        f"{format_day(info.built_at.date())} by {info.built_by}: {info.n_indicators} indicators, "
        f"{info.n_observations:,} figures."
    )


def _provenance(served: Served, view: View, query: Mapping[str, str | None]) -> html.Section:
    wanted = query.get("indicator") or ""
    indicator = served.indicators.get(wanted) or next(iter(served.indicators.values()))
    key = indicator["indicator_id"]
    periods = [row["period"] for row in served.periods.get(key, [])]
    period = query.get("period") or ""
    period = period if period in periods else (periods[-1] if periods else "")
    choose = pickers(
        served,
        view,
        alliance_id=ALLIANCE,
        us_id=US,
        more=[
            select("Indicator", INDICATOR, _indicators(served), key),
            select("Period", PERIOD, list(reversed(periods)), period),
        ],
    )
    return provenance_section(
        served, indicator, view.us, period, choose, link(f"/indicator/{key}", view, period=period)
    )


def _indicators(served: Served) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for key, row in served.indicators.items():
        groups.setdefault(row["domain"], []).append({"value": key, "label": row["title"]})
    return [{"group": domain, "items": items} for domain, items in groups.items()]


def register(app: Any) -> None:
    """A choice leads to the address that shows it."""
    register_navigation(
        app,
        url_id=URL,
        alliance_id=ALLIANCE,
        us_id=US,
        more={"indicator": INDICATOR, "period": PERIOD, "severity": SEVERITY, "check": CHECK},
        keep=("release", "impact"),
    )
