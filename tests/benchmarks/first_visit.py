"""What a first visit costs: the bytes transferred and the time until the first page can be used, in
headless Chromium on council Wi-Fi (10 Mbit/s, 4 times slower processor), beside a Dash app of the
same components with default settings; and what a second visit transfers.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from alliance.server import create_app
from alliance.settings import load_settings
from tests.alliance.drawn import draw
from tests.benchmarks.registry import Asked, Result, at_most, middle
from tests.benchmarks.servers import bare_server, our_server
from tests.browser.find_browser import find_browser, launch_arguments

ASSETS = Path(__file__).resolve().parents[2] / "alliance" / "assets"
BYTES_A_SECOND = 10_000_000 / 8
DELAY_MS = 20
SLOWER = 4
GOAL_BYTES = 700_000
GOAL_SECOND = 0.1
"""The page's own words and figures are asked for anew; nothing else is."""
GOAL_TIME = 0.5
QUIET_MS = 1000

_LISTEN = """
window.lastBusy = 0; window.drawn = 0;
new PerformanceObserver(list => {
    for (const task of list.getEntries()) window.lastBusy = task.startTime + task.duration;
}).observe({type: "longtask", buffered: true});
(function look() {
    if (document.querySelector("h1")) { window.drawn = performance.now(); }
    else { requestAnimationFrame(look); }
})();
"""
_QUIET = f"""() => window.drawn
    && performance.now() - Math.max(window.drawn, window.lastBusy) > {QUIET_MS}"""


@dataclass(frozen=True, slots=True)
class Visit:
    """Bytes over the wire, headers too, and milliseconds from the address to the page being drawn
    and the processor quiet again."""

    transferred: int
    interactive_ms: float


def measure_first_visit(asked: Asked) -> list[Result]:
    """Bytes of the first visit, of the second, and the time to interactive."""
    with (
        tempfile.TemporaryDirectory() as folder,
        our_server(asked.home) as (ours, _),
        bare_server(_write_tree(asked.home, Path(folder)), ASSETS) as (default, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=find_browser(os.environ), args=launch_arguments()
        )
        rounds = [
            (visit_twice(browser, ours), visit_twice(browser, default))
            for _ in range(asked.rounds + 1)
        ][1:]
        browser.close()
    return _results(rounds)


def _results(rounds: list[tuple[tuple[Visit, Visit], tuple[Visit, Visit]]]) -> list[Result]:
    first, second = (middle([ours[n].transferred for ours, _ in rounds]) for n in (0, 1))
    theirs = middle([default[0].transferred for _, default in rounds])
    taken = middle([ours[0].interactive_ms for ours, _ in rounds])
    beside = middle([default[0].interactive_ms for _, default in rounds])
    return [
        at_most(
            "first visit, bytes transferred", first, theirs, GOAL_BYTES / theirs,
            f"{first / 1000:.0f} kB beside {theirs / 1000:.0f} kB by default settings",
        ),
        at_most(
            "second visit, bytes transferred", second, first, GOAL_SECOND,
            f"{second / 1000:.0f} kB beside {first / 1000:.0f} kB on the first",
        ),
        at_most(
            "first visit, time to interactive", taken, beside, GOAL_TIME,
            f"{taken:.0f} ms beside {beside:.0f} ms by default settings",
        ),
    ]  # fmt: skip


def visit_twice(browser: Browser, port: int) -> tuple[Visit, Visit]:
    """The first page in a new profile of the browser, and once more in the same."""
    context = browser.new_context()
    try:
        return _visit(context, port), _visit(context, port)
    finally:
        context.close()


def _visit(context: BrowserContext, port: int) -> Visit:
    page = context.new_page()
    wire = context.new_cdp_session(page)
    received: list[float] = []
    wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": DELAY_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(_LISTEN)
    page.goto(f"http://127.0.0.1:{port}/", timeout=120_000)
    page.wait_for_function(_QUIET, timeout=120_000)
    taken = float(page.evaluate("Math.max(window.drawn, window.lastBusy)"))
    page.close()
    return Visit(round(sum(received)), taken)


def _write_tree(home: Path, folder: Path) -> Path:
    """The components of our first page, as the server answers with them."""
    tree = draw(create_app(load_settings(home, {})), "/").tree
    path = folder / "tree.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path
