"""The tartan rug with any comparator set: few authorities as a table, many as a grid."""

from __future__ import annotations

import pytest
from dash import Dash, html

from alliance.components.rug import GRID, MANY, plain_part
from alliance.service import Served
from tests.alliance.drawn import Drawn, draw, text_of, walk
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, JOINT, Figures

SCOPES = ["alliance", "region", "neighbours", "computed", "codes-500-625", "england"]


def overview(app: Dash, **query: str) -> Drawn:
    return draw(app, "/", "?" + "&".join(f"{key}={value}" for key, value in query.items()))


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("us", [FENSHIRE, CITY, ABOLISHED])
def test_the_rug_is_whole_in_every_scope(scope: str, us: str, demo_app: Dash) -> None:
    drawn = overview(demo_app, us=us, scope=scope)
    assert drawn.faults() == []
    assert (GRID in drawn.ids) == (scope == "england")


def test_a_set_made_by_hand_has_its_authorities_as_columns(
    demo_app: Dash, demo_served: Served
) -> None:
    drawn = overview(demo_app, us=FENSHIRE, scope="codes-500-625")
    heads = [text_of(part) for head in drawn.find("Thead") for part in walk(head)
             if part["type"] == "Th"]  # fmt: skip
    names = [demo_served.name(code) for code in (FENSHIRE, "500", "625")]
    assert heads == ["Indicator", names[0], demo_served.country["name"], *names[1:]]


def test_a_link_of_the_rug_keeps_the_set(demo_app: Dash) -> None:
    drawn = overview(demo_app, us=FENSHIRE, scope="neighbours")
    links = [part["props"]["href"] for cell in drawn.find(css="rug-title") for part in walk(cell)
             if part["type"] == "Link"]  # fmt: skip
    assert links
    assert all("scope=neighbours" in href for href in links)


def test_the_whole_country_is_a_grid_with_a_column_for_every_authority(
    demo_app: Dash, demo_served: Served, demo_figures: Figures
) -> None:
    grid = overview(demo_app, us=FENSHIRE, scope="england").ids[GRID]["props"]
    columns = [
        leaf["field"] for column in grid["columnDefs"] for leaf in column.get("children", [column])
    ]
    current = [c for c, a in demo_served.authorities.items() if a["valid_to"] is None]
    assert len(current) > MANY
    assert columns[:3] == ["title", f"v{FENSHIRE}", "england"]
    assert set(columns[3:]) == {f"v{code}" for code in current} - {f"v{FENSHIRE}"}
    rows = [row for row in grid["rowData"] if "england" in row]
    assert len(rows) == len(demo_served.headline)
    for code in (FENSHIRE, CITY, JOINT[0]):
        bands = demo_figures.rows(
            "SELECT CASE WHEN o.denominator >= 30 THEN quartile_band END AS quartile_band "
            "FROM comparison JOIN observation AS o USING (indicator_id, area_code, period) "
            "WHERE indicator_id = 'cpp_repeat_pct' AND area_code = ? AND period = '2025'",
            code,
        )
        row = next(row for row in rows if "/indicator/cpp_repeat_pct?" in row["title"])
        assert row.get(f"b{code}") == bands[0]["quartile_band"]
        if bands[0]["quartile_band"]:
            assert row[f"v{code}"].endswith(f" {bands[0]['quartile_band']}")


def test_nothing_of_a_grid_reads_as_nought_where_there_is_no_figure(
    demo_app: Dash, demo_served: Served
) -> None:
    grid = overview(demo_app, us=FENSHIRE, scope="england").ids[GRID]["props"]
    rows = [row for row in grid["rowData"] if "england" in row]
    figures = {
        (row["indicator_id"], row["area_code"]): row
        for row in demo_served.release.cells(list(demo_served.authorities))
    }
    absent = 0
    for indicator, row in zip(demo_served.headline.values(), rows, strict=True):
        for code in demo_served.authorities:
            figure = figures.get((indicator["indicator_id"], code))
            if f"v{code}" in row and (figure is None or figure["value"] is None):
                words = demo_served.absence(figure) if figure else "no figure"
                assert row[f"v{code}"] == words
                absent += 1
    assert absent


def test_a_plain_part_is_what_dash_would_have_sent() -> None:
    made = html.Td(["12", html.Span("A", className="mark")], className="rug-us", title="best")
    sent = made.to_plotly_json()
    sent["props"]["children"] = ["12", sent["props"]["children"][1].to_plotly_json()]
    mark = plain_part("Span", "A", className="mark")
    assert plain_part("Td", ["12", mark], className="rug-us", title="best") == sent


def test_no_quarter_is_said_of_a_share_of_few_or_of_a_suppressed_number(
    demo_app: Dash, demo_served: Served, demo_figures: Figures
) -> None:
    found = demo_figures.rows(
        "SELECT indicator_id, area_code, period, o.value FROM comparison AS c "
        "JOIN observation AS o USING (indicator_id, area_code, period) "
        "JOIN indicator AS i USING (indicator_id) "
        "WHERE i.headline AND i.interval_method = 'wilson' AND c.quartile_band IS NOT NULL "
        "AND COALESCE(o.denominator, 0) < 30 AND c.period_end = (SELECT MAX(n.period_end) "
        "FROM comparison AS n WHERE n.indicator_id = c.indicator_id AND n.value IS NOT NULL) "
        "ORDER BY ALL"
    )
    assert found
    (one, *_) = found
    us, key = one["area_code"], one["indicator_id"]
    rows = [row for row in overview(demo_app, us=us).find("Tr")
            if f"/indicator/{key}?" in str(row)]  # fmt: skip
    ours = next(c for c in rows[0]["props"]["children"] if c["type"] == "Td")
    assert text_of(ours)[-1] not in "ABCD"
    assert "quarter" not in str(ours)
    table = draw(demo_app, f"/indicator/{key}", f"?us={us}&period={one['period']}&ranked=table")
    grid = table.ids["indicator-ranked-grid"]["props"]["rowData"]
    mine = next(row for row in grid if row["name"] == demo_served.name(us))
    assert mine["value"] == one["value"]
    assert mine["band"] == ""
