"""Routes, hosts and addresses are declared; a fault in them is told with file and line."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pytest

from ingest.catalogue import Catalogue, load_catalogue
from ingest.errors import CatalogueError
from tests.ingest.live import samples
from tests.ingest.live.samples import SOURCES_TOML
from tests.ingest.live.server import CONTENT, ELSEWHERE, RAW

FAULTS = [
    # what, in its place, the words of the line (nth time), words of the message
    ('id = "ees_api"', 'id = "carrier_pigeon"', 'id = "carrier_pigeon"', 1, "carrier_pigeon"),
    ('id = "ees_api"', 'id = "ees_content"', "[[route]]", 3, "already declared"),
    ("max_megabytes = 2\n", "max_megabytes = 0\n", "max_megabytes = 0", 1, "max_megabytes"),
    ("max_megabytes = 2\n", 'max_megabytes = "2"\n', 'max_megabytes = "2"', 1, "max_megabytes"),
    ("max_megabytes = 2\n", "max_megs = 2\n", "max_megs", 1, "unknown key max_megs"),
    (f"https://{CONTENT}/api/", f"http://{CONTENT}/api/", "[[route]]", 1, "address must be https"),
    (f"https://{CONTENT}/api/", f"https://{ELSEWHERE}/", "[[route]]", 1, "address must be https"),
    (
        f"https://{CONTENT}/api/", f"https://{CONTENT}:8443/",
        "[[route]]", 1, "address must be https",
    ),
    (f'hosts = ["{CONTENT}"]', "hosts = []", "[[route]]", 1, "address must be https"),
    (f'hosts = ["{CONTENT}"]', 'hosts = ["https://a.b"]', 'hosts = ["https', 1, "hosts"),
    (f'hosts = ["{CONTENT}"]', f'hosts = ["{CONTENT}", "*.b"]', '"*.b"', 1, "hosts"),
    (f'hosts = ["{CONTENT}"]\n', "", "[[route]]", 1, "hosts is missing"),
    (
        f'slug = "{samples.SLUG}"\nhomepage', "homepage",
        "[[source]]", 2, "source people: route ees_content needs slug",
    ),
    ('routes = ["lait"]', 'routes = ["post"]', 'routes = ["post"]', 1, "routes"),
    (
        f'address = "{samples.LONG}"', f'address = "https://{ELSEWHERE}/a.parquet"',
        "[[file]]", 4, f"on a host of the route lait ({RAW}",
    ),
    (
        f'address = "{samples.LONG}"', f'address = "http://{RAW}/a.parquet"',
        "[[file]]", 4, "on a host of the route lait",
    ),
    (
        f'address = "{samples.LONG}"', f'address = "//{ELSEWHERE}/a.parquet"',
        "[[file]]", 4, "on a host of the route lait",
    ),
    (
        f'name = "{samples.MOVES}"', f'name = "{samples.MOVES}"\naddress = "a.csv"',
        "[[file]]", 2, "address needs a source with the route lait",
    ),
    ('routes = ["lait"]\n', "", "[[file]]", 4, "address needs a source with the route lait"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "nth", "words"), FAULTS)
def test_a_fault_is_reported_with_its_file_and_line(
    old: str, new: str, place: str, nth: int, words: str, tmp_path: Path
) -> None:
    assert old in SOURCES_TOML
    text = SOURCES_TOML.replace(old, new, 1)
    lines = [i for i, line in enumerate(text.splitlines(), start=1) if place in line]
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(samples.write_catalogue(tmp_path / "c", text))
    start = f"sources.toml, line {lines[nth - 1]}: "
    faults = str(caught.value).splitlines()
    assert [fault for fault in faults if fault.startswith(start) and words in fault], faults


def test_a_route_that_a_source_names_must_be_declared(tmp_path: Path) -> None:
    blocks = SOURCES_TOML.split("\n[[")
    text = "\n[[".join(block for block in blocks if 'id = "lait"' not in block)
    with pytest.raises(CatalogueError, match="source tool: route lait is not declared"):
        load_catalogue(samples.write_catalogue(tmp_path / "c", text))


def test_the_product_s_own_routes_go_by_https_to_the_publishers_and_nowhere_else(
    catalogue: Catalogue,
) -> None:
    hosts = {host for route in catalogue.routes for host in route.hosts}
    assert hosts == {
        "content.explore-education-statistics.service.gov.uk",
        "explore-education-statistics.service.gov.uk",
        "api.education.gov.uk",
        "raw.githubusercontent.com",
    }
    for route in catalogue.routes:
        assert route.leads_to(route.address)
        assert route.address.endswith("/"), "relative addresses are joined to it"


def test_every_department_publication_has_its_slug_and_routes(catalogue: Catalogue) -> None:
    slugs = {source.id: source.slug for source in catalogue.sources if "ees_api" in source.routes}
    assert slugs == {
        "dfe_children_in_need": "children-in-need",
        "ons_population": "children-in-need",
        "dfe_children_looked_after": "children-looked-after-in-england-including-adoptions",
        "dfe_stability_measures": "stability-measures-for-children-looked-after-in-england",
        "dfe_social_work_workforce": "children-s-social-work-workforce",
        "dfe_outcomes": (
            "outcomes-for-children-in-need-including-children-looked-after-by-local-authorities-"
            "in-england"
        ),
    }


def test_the_tool_s_files_have_their_addresses(catalogue: Catalogue) -> None:
    route = next(item for item in catalogue.routes if item.id == "lait")
    addresses = {urljoin(route.address, spec.address) for spec in catalogue.files if spec.address}
    base = (
        "https://raw.githubusercontent.com/dfe-analytical-services/"
        "local-authority-interactive-tool/main/01_data/02_prod/"
    )
    assert addresses == {
        base + name
        for name in (
            "bds_long_0.parquet",
            "lait_data_dictionary.csv",
            "sn_may_2025.xlsx",
            "la_code_list.xlsx",
        )
    }  # fmt: skip
