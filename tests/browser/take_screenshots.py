"""Draws the pictures of every page for the documents: `python -m tests.browser.take_screenshots`.

They are of the demonstration, so no picture shows a real authority. Run it when a page has changed.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import _serve
from tests.browser.find_browser import find_browser, launch_arguments
from tests.browser.reader import DESK, PHONE, Reader
from tests.demonstration import FENSHIRE, demonstration_home

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
COLOURS = 96
"""Enough for flat charts and text; a picture has a third of the bytes."""
TALLEST = 4_000
"""Pixels of a page that a picture shows; the rest is more of the same."""
NEIGHBOUR = "625"
PICTURES = {
    "overview": "/",
    "indicator_list": "/indicator?q=children+in+care",
    "indicator": "/indicator/cla_rate",
    "authority": f"/authority/{FENSHIRE}",
    "compare": "/compare?show=scatter&x=referral_rate&y=rereferral_pct",
    "neighbours": f"/neighbours/{FENSHIRE}",
    "inspections": "/inspections",
    "worth_discussing": "/worth-discussing",
    "views": "/views",
    "returns": "/returns",
    "challenges": "/challenges",
    "challenge_new": f"/challenges/new?indicator=cla_rate&us={NEIGHBOUR}&from=/indicator/cla_rate",
    "challenge": "/challenges",
    "priorities": "/priorities",
    "priority": "/priorities",
    "support": "/support",
    "support_entry": "/support",
    "assessments": "/assessments",
    "assessment": "/assessments",
    "meetings": "/meetings",
    "meeting": "/meetings",
    "you": "/you",
    "data": "/data",
    "help": "/help",
}
"""The address that each page is shown at, by the page's id."""
FOLLOWED = {
    "challenge": "#challenges-waiting .log-title a[href*='/C-']",
    "priority": ".log-title a[href*='/P-']",
    "support_entry": ".log-title a[href*='/S-']",
    "assessment": ".log-title a[href*='/E-']",
    "meeting": "#meetings-next .log-title a",
}
"""The link that is followed from there to a page whose address nobody knows beforehand."""
SIZES = {"": DESK, "_phone": PHONE}


def picture_file(page_id: str, suffix: str) -> Path:
    """Where a page's picture lies: `suffix` is a key of `SIZES`."""
    return FOLDER / f"{page_id}{suffix}.png"


def _draw(browser: Browser, address: str) -> None:
    for suffix, size in SIZES.items():
        reader = Reader(browser, address, size)
        for page_id, path in PICTURES.items():
            page = reader.open(path)
            if page_id in FOLLOWED:
                reader.mark()
                page.locator(FOLLOWED[page_id]).first.click()
                page = reader.redrawn()
            page.wait_for_timeout(500)
            taken = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            top = taken.crop((0, 0, taken.width, min(taken.height, TALLEST)))
            flat = top.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            flat.save(picture_file(page_id, suffix), optimize=True)
        reader.leave()


def main() -> None:
    """Build the demonstration, serve it, and write every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = demonstration_home(Path(folder))
        served = _serve(home)
        browser = playwright.chromium.launch(
            executable_path=find_browser(os.environ), args=launch_arguments()
        )
        _draw(browser, next(served))
        browser.close()
        served.close()


if __name__ == "__main__":
    main()
