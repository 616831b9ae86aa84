"""The profile of an authority: a tagged document with the page's figures and nothing else's."""

from __future__ import annotations

import io
from typing import Any

import pytest
from dash import Dash
from pypdf import PdfReader

from alliance.exports.pdf_file import render_pdf
from alliance.exports.profile_document import TEMPLATE, profile_data, render_profile
from alliance.exports.table import NotThereError
from alliance.service import DEMONSTRATION, Served
from tests.demonstration import ABOLISHED, CITY, FENSHIRE, JOINT


def words_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture(scope="module")
def fenshire(demo_served: Served) -> bytes:
    return render_profile(demo_served, FENSHIRE)


def test_the_pdf_is_tagged_and_has_a_title_and_a_language(fenshire: bytes) -> None:
    reader = PdfReader(io.BytesIO(fenshire))
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/StructTreeRoot"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Fenshire: profile of children’s services"
    assert reader.xmp_metadata is not None
    assert "pdfuaid" in reader.root_object["/Metadata"].get_data().decode()


def test_every_page_is_a4_and_says_what_release_it_is_and_that_all_is_invented(
    fenshire: bytes, demo_served: Served
) -> None:
    reader = PdfReader(io.BytesIO(fenshire))
    for number, page in enumerate(reader.pages, start=1):
        text = " ".join(page.extract_text().split())
        assert DEMONSTRATION in text
        assert demo_served.info.release_id in text
        assert f"Page {number} of {len(reader.pages)}" in text
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


def test_fonts_are_embedded(fenshire: bytes) -> None:
    for page in PdfReader(io.BytesIO(fenshire)).pages:
        fonts: Any = page["/Resources"].get_object()["/Font"]
        for font in fonts.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def test_every_line_has_the_figure_of_the_page(demo_served: Served) -> None:
    data = profile_data(demo_served, FENSHIRE)
    rows = {row["title"]: row for topic in data["topics"] for row in topic["rows"]}
    rate = rows["Children looked after per 10,000 children"]
    figure = demo_served.release.series("cla_rate", FENSHIRE)[-1]
    assert rate["value"] == f"{figure['value']:.0f}"
    assert rate["england"] == f"{figure['england']:.0f}"
    assert rate["region"] == f"{figure['region']:.0f}"
    assert rate["rank"] == f"{figure['rank_region']} of {figure['n_region']}"
    assert rate["rank_interval"]
    assert rate["spark"].startswith("<svg")
    assert rate["spark_alt"].startswith("Children looked after per 10,000 children: from ")


def test_a_suppressed_figure_is_a_word_and_has_no_rank(demo_served: Served) -> None:
    data = profile_data(demo_served, CITY)
    rows = [row for topic in data["topics"] for row in topic["rows"]]
    absent = [row for row in rows if row["value"] == "suppressed"]
    assert absent
    assert all(row["absent"] and row["rank"] == "" and row["versus"] == "" for row in absent)
    assert "suppressed" in words_of(render_profile(demo_served, CITY))


def test_a_grade_is_a_word_and_is_not_averaged(demo_served: Served) -> None:
    data = profile_data(demo_served, FENSHIRE)
    rows = {row["title"]: row for topic in data["topics"] for row in topic["rows"]}
    grade = rows["Ofsted: overall effectiveness"]
    assert grade["value"] in {
        "Outstanding",
        "Good",
        "Requires improvement to be good",
        "Inadequate",
    }
    assert grade["england"] == grade["neighbours"] == "not averaged"
    assert grade["rank"] == grade["spark"] == ""


@pytest.mark.parametrize("code", [ABOLISHED, JOINT[0]])
def test_an_authority_that_is_no_more_or_answers_with_another_says_so(
    demo_served: Served, code: str
) -> None:
    words = words_of(render_profile(demo_served, code))
    assert demo_served.name(code) in words
    assert ("It ceased on" if code == ABOLISHED else "joint return") in words


def test_the_same_release_gives_the_same_bytes(demo_served: Served, fenshire: bytes) -> None:
    assert render_profile(demo_served, FENSHIRE) == fenshire


@pytest.mark.parametrize("name", ["#panic()", "*bold* $x$ @ref", '#import "x"', "\\ ] [ {{", '"'])
def test_what_looks_like_markup_is_set_as_it_stands(demo_served: Served, name: str) -> None:
    data = profile_data(demo_served, CITY) | {"name": name, "topics": [], "definitions": []}
    words = words_of(render_pdf(TEMPLATE, data, at=demo_served.info.built_at))
    assert name.replace(" ", "") in words.replace(" ", "")


def test_the_route_gives_the_pdf_and_404_for_a_stranger(
    demo_app: Dash, demo_served: Served
) -> None:
    client = demo_app.server.test_client()
    answer = client.get(f"/download/profile.pdf?us={CITY}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith('-Crownhaven.pdf"')
    assert client.get("/download/profile.pdf?us=nobody").status_code == 404
    with pytest.raises(NotThereError):
        profile_data(demo_served, "nobody")
