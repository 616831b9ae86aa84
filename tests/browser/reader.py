"""Someone who reads the pages: opens addresses, chooses, and notes whatever goes wrong."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

DESK, PHONE, NARROW = (1440, 900), (390, 844), (320, 640)
ZOOMED = (720, 450)
"""What is left of a desk's screen at 200 %."""
WCAG_22_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
BANNER = "Demonstration: invented authorities and figures"
SECONDS = 20
SETTLING = 3_000
"""Milliseconds: a chart that is drawn for another width moves its legend last."""

_DRAWN = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    return document.querySelector("#main-content h1") !== null
        && all(".graph").every((graph) => graph.querySelector(".js-plotly-plot .main-svg"))
        && all(".grid").every((grid) => {
            const rows = [...grid.querySelectorAll(".ag-row")];
            return rows.length ? rows.every((row) => row.textContent.trim())
                : grid.querySelector("[class*=ag-overlay-no-]") !== null;
        })
        && document.fonts.status === "loaded";
}"""


_STILL = """() => new Promise((resolve) => {
    const settled = () => { watch.disconnect(); resolve(true); };
    let timer = setTimeout(settled, 400);
    const watch = new MutationObserver(() => {
        clearTimeout(timer);
        timer = setTimeout(settled, 400);
    });
    watch.observe(document.body, { childList: true, subtree: true, attributes: true });
})"""
"""Nothing has been drawn for a while: an element that is redrawn while it is read looks empty."""

_GRID_ROWS = """(id) => {
    const rows = new Map();
    document.querySelectorAll(`#${id} .ag-row`).forEach((row) => {
        const index = Number(row.getAttribute("row-index"));
        if (Number.isNaN(index)) { return; }
        const cells = rows.get(index) || {};
        row.querySelectorAll("[col-id]").forEach((cell) => {
            cells[cell.getAttribute("col-id")] = cell.innerText.trim();
        });
        rows.set(index, cells);
    });
    const found = [...rows.entries()].sort((a, b) => a[0] - b[0]).map((entry) => entry[1]);
    return found.every((cells) => Object.values(cells).some(Boolean)) && found;
}"""
"""The rows of a grid once each has words in it: ag-grid draws a row before its cells."""


_FITTED = """() => [...document.querySelectorAll(".graph .js-plotly-plot")].every((graph) => {
    const fit = graph.layout.meta && graph.layout.meta.fit;
    const place = graph.closest(".graph").firstElementChild;
    const wide = graph.layout.width || graph.clientWidth;
    const fits = fit && wide >= fit.least && wide < fit.most;
    const same = !fits || !fit.layout.height || graph._fullLayout.height === fit.layout.height;
    return same && Math.abs(graph._fullLayout.width - wide) < 2 && place.clientHeight >= 100;
})"""
"""Each chart is drawn as wide as its place, and in the form that it has at that width."""

_UNREADABLE = """() => {
    const found = [];
    document.querySelectorAll(".graph .js-plotly-plot").forEach((graph) => {
        const edge = graph.getBoundingClientRect(), name = graph.closest("[id]").id;
        const texts = [...graph.querySelectorAll(".main-svg text")].filter((text) =>
            text.textContent.trim() && !text.closest(".hoverlayer")
            && getComputedStyle(text).display !== "none" && text.getBoundingClientRect().width > 0);
        const boxes = texts.map((text) =>
            [text.textContent.slice(0, 50), text.getBoundingClientRect()]);
        boxes.forEach(([words, box]) => {
            if (box.left < edge.left - 1 || box.right > edge.right + 1
                || box.top < edge.top - 1 || box.bottom > edge.bottom + 1) {
                found.push(`${name}: cut: ${words}`);
            }
        });
        boxes.forEach(([words, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (across > 2 && down > 4) {
                found.push(`${name}: over one another: ${words} | ${other}`);
            }
        }));
    });
    return found;
}"""
"""Texts of the charts that are cut at its edge or lie over one another, by more than the room that
a line of text has above and below its letters."""


class Reader:
    """A browser profile of its own with one page, on a screen of `size` (CSS pixels)."""

    def __init__(self, browser: Browser, address: str, size: tuple[int, int]) -> None:
        self.address = address
        self.problems: list[str] = []
        self._context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB",
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(SECONDS * 1000)
        expect.set_options(timeout=SECONDS * 1000)
        self.page = self._begin()

    def _begin(self) -> Page:
        page = self._context.new_page()
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("request", self._note_request)
        page.on("response", self._note_response)
        return page

    def begin_anew(self) -> None:
        """An empty page in the same profile, which has its scripts already. All that the page
        before asked for is remembered until it is closed."""
        old, self.page = self.page, self._begin()
        old.close()

    def resize(self, size: tuple[int, int]) -> None:
        """Look on a screen of that size."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def leave(self) -> None:
        """Close the page and forget the profile."""
        self._context.close()

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"console {message.type}: {message.text}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.problems.append(f"request to another host: {request.url}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status} for {response.url}")

    def open(self, path: str) -> Page:
        """Open an address of the product and wait until all is drawn."""
        self.page.goto(self.address + path)
        return self.drawn()

    def drawn(self) -> Page:
        """The page, once its charts and grids are drawn."""
        self.page.wait_for_function(_DRAWN)
        return self.page

    def choose(self, picker: str, label: str) -> None:
        """Choose from a picker with the mouse, and wait for the page that shows the choice."""
        self.mark()
        self.page.click(f"#{picker}")
        self.page.get_by_role("option", name=label, exact=True).click()
        self.redrawn()
        expect(self.page.locator(f"#{picker}")).to_have_value(label)

    def mark(self) -> None:
        """Remember the page as it is, so as to see that it was redrawn."""
        self.page.evaluate("document.querySelector('#main-content').dataset.seen = 'yes'")

    def redrawn(self) -> Page:
        """The page, once all that was there at `mark` has been drawn anew."""
        self.page.wait_for_selector("#main-content:not([data-seen])")
        return self.drawn()

    def picked(self) -> dict[str, str]:
        """What each picker shows, by its label."""
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll(".pickers .picker")]
                .map((p) => [p.querySelector("label").innerText, p.querySelector("input").value]))
            """
        )

    def open_tabs(self) -> list[str]:
        """Which tab is open in each chart's frame, from the top."""
        return self.page.get_by_role("tab", selected=True).all_inner_texts()

    def query(self) -> dict[str, str]:
        """The parameters of the page's address."""
        return self.page.evaluate("Object.fromEntries(new URL(location.href).searchParams)")

    def focused(self) -> str:
        """The element that has the focus, as tag#id."""
        return self.page.evaluate(
            "document.activeElement.tagName.toLowerCase() + '#' + document.activeElement.id"
        )

    def graph(self, component_id: str) -> dict[str, Any]:
        """Data and layout of a chart, as the browser holds them."""
        return self.page.evaluate(
            """(id) => {
                const graph = document.querySelector(`#${id} .js-plotly-plot`);
                return JSON.parse(JSON.stringify({ data: graph.data, layout: graph.layout }));
            }""",
            component_id,
        )

    def grid(self, component_id: str) -> list[dict[str, str]]:
        """Each row of a grid as text by column, from the top; without those that stay there."""
        self.drawn()
        self.page.evaluate(_STILL)
        return self.page.wait_for_function(_GRID_ROWS, arg=component_id).json_value()

    def table(self, selector: str) -> list[dict[str, str]]:
        """Each row of the first such table as text by the column's heading; rows of headings left
        out."""
        rows = self.page.locator(selector).first.locator("tr")
        head, *body = rows.evaluate_all(
            "(rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText.trim()))"
        )
        return [dict(zip(head, row, strict=True)) for row in body if len(row) > 1]

    def sideways(self) -> int:
        """By how many CSS pixels the page is wider than the screen."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def unreadable(self) -> list[str]:
        """The words in the charts that cannot be read at the width that the screen has, once the
        charts have had the time to be drawn for it."""
        self.page.wait_for_function(_FITTED)
        with suppress(PlaywrightTimeoutError):
            self.page.wait_for_function(f"({_UNREADABLE})().length === 0", timeout=SETTLING)
        return self.page.evaluate(_UNREADABLE)

    def run_axe(self, *, contrast: bool = True) -> dict[str, Any]:
        """What axe finds at WCAG 2.2 AA, no rule left out but that of contrast where it is not
        asked for. Grids are shown at full height first:
        axe cannot tell colours in a region that scrolls in both directions."""
        self.page.wait_for_function(
            """() => [...document.querySelectorAll(".grid")].map((grid) => {
                const rows = grid.querySelector(".ag-body-viewport");
                const missing = rows.scrollHeight - rows.clientHeight;
                grid.style.height = `${grid.clientHeight + missing}px`;
                return missing <= 0;
            }).every(Boolean)"""
        )
        self.page.evaluate(_STILL)
        options = {
            "runOnly": {"type": "tag", "values": list(WCAG_22_AA)},
            "rules": {
                "target-size": {"enabled": True},
                "color-contrast": {"enabled": contrast},
            },
            "resultTypes": ["violations", "incomplete"],
        }
        found = Axe().run(self.page, options=options).response
        if rules_that_failed(found):  # an element was redrawn while axe looked at it: look again
            self.page.evaluate(_STILL)
            found = Axe().run(self.page, options=options).response
        return found


def rules_that_failed(found: dict[str, Any]) -> list[str]:
    """The rules that axe could not run."""
    return [
        rule["id"]
        for rule in found["incomplete"]
        for node in rule["nodes"]
        if any(check["id"] == "error-occurred" for check in node["none"])
    ]


def describe(rules: list[dict[str, Any]]) -> list[str]:
    """What axe found, to be read in a failure."""
    return [
        " ".join(f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}".split())
        for rule in rules
        for node in rule["nodes"]
    ]
