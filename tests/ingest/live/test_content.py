"""What came is what its name says, and unpacking it cannot fill the disk."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.catalogue import FileSpec
from ingest.live.archive import MOST_MEMBERS, open_archive
from ingest.live.content import check_content, gunzip, hash_file
from ingest.live.errors import LiveError, RefusedError, UnavailableError
from tests.ingest.live.samples import archive_of, parquet, workbook

CSV = b"time_period,group,children\r\n2025,All,5\r\n"
CARE = FileSpec("care_*.csv", "care", "ees", max_megabytes=1)
MOVES = FileSpec("moves.csv", "care", "ees", max_megabytes=1)
SPECS = (CARE, MOVES)


def written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.csv", CSV),
        ("a.CSV", b"\xef\xbb\xbf" + CSV),
        ("a.csv", '"Measure","Title"\n"1","Örtlich, und\n"\n'.encode()),
        ("a.csv", b"one,header,only"),
        ("a.parquet", parquet("a")),
        ("a.xlsx", workbook("a")),
        ("a.zip", archive_of({"a.csv": CSV})),
    ],
)
def test_a_file_of_its_kind_is_accepted(name: str, body: bytes, tmp_path: Path) -> None:
    check_content(written(tmp_path / "x", body), name)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b" \r\n ", "empty"),
        ("a.csv", b"<!DOCTYPE html><html>Sorry, there is a problem</html>", "web page"),
        ("a.csv", b"\xef\xbb\xbf \n<html>", "web page"),
        ("a.csv", b'{"title": "Not Found", "status": 404}', "Not Found"),
        ("a.csv", b'{"title": ', "a message"),
        ("a.csv", archive_of({"a.csv": CSV}), "not a CSV"),
        ("a.csv", parquet("a"), "not a CSV"),
        ("a.csv", CSV + b"\0" * 5000, "not a CSV"),
        ("a.csv", b"no comma here\r\nnor here\r\n", "not a CSV"),
        ("a.parquet", CSV, "Parquet"),
        ("a.parquet", parquet("a")[:-1], "Parquet"),
        ("a.parquet", b"<html>", "web page"),
        ("a.xlsx", workbook("a")[:-200], "workbook"),
        ("a.xlsx", CSV, "workbook"),
        ("a.zip", b"PK\x03\x04 and no more", "archive"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    name: str, body: bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError, match=words):
        check_content(written(tmp_path / "x", body), name)


def test_a_gzip_body_is_unpacked(tmp_path: Path) -> None:
    packed = written(tmp_path / "p", gzip.compress(CSV[:20]) + gzip.compress(CSV[20:]))
    gunzip(packed, tmp_path / "t", what="x", max_bytes=1_000)
    assert (tmp_path / "t").read_bytes() == CSV


@pytest.mark.parametrize(
    "body", [b"", b"not gzip at all", gzip.compress(CSV)[:-3], gzip.compress(CSV)[:12]]
)
def test_a_gzip_body_that_is_damaged_is_not_taken_for_whole(body: bytes, tmp_path: Path) -> None:
    packed = written(tmp_path / "p", body)
    if not body:
        gunzip(packed, tmp_path / "t", what="x", max_bytes=1_000)
        with pytest.raises(RefusedError, match="empty"):
            check_content(tmp_path / "t", "a.csv")
        return
    with pytest.raises(UnavailableError, match="damaged"):
        gunzip(packed, tmp_path / "t", what="x", max_bytes=1_000)


def test_a_gzip_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    packed = written(tmp_path / "p", gzip.compress(b"0," * 5_000_000))
    with pytest.raises(RefusedError, match="200 times"):
        gunzip(packed, tmp_path / "t", what="x", max_bytes=10**9)
    assert (tmp_path / "t").stat().st_size < 5_000_000


def test_a_gzip_bomb_is_refused_by_its_size(tmp_path: Path) -> None:
    packed = written(tmp_path / "p", gzip.compress(CSV * 1_000))
    with pytest.raises(RefusedError, match="more than 10,000 bytes once unpacked"):
        gunzip(packed, tmp_path / "t", what="x", max_bytes=10_000)


def take_all(path: Path, folder: Path, max_bytes: int = 3_000_000) -> dict[str, bytes]:
    """Every member that the catalogue names, by the archive's own name."""
    folder.mkdir()
    taken = {}
    with open_archive(path, SPECS, what="release.zip", max_bytes=max_bytes) as archive:
        for member in archive.members:
            archive.take(member, folder / "member")
            taken[member.name] = (folder / "member").read_bytes()
    return taken


def zip_of(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return path


def test_only_the_files_that_the_catalogue_names_are_taken_out(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path / "r.zip",
        ("data/CARE_2025.csv", CSV),
        ("data/care_2025.meta.csv", b"a,b"),
        ("data/moves.csv", CSV * 2),
        ("data/other.csv", CSV),
        ("supporting-files/moves.csv", b"not,this"),
        ("data/inner.zip", archive_of({"moves.csv": b"not,this either"})),
        ("data-guidance/data-guidance.txt", b"words"),
    )
    assert take_all(path, tmp_path / "out") == {
        "data/CARE_2025.csv": CSV,
        "data/moves.csv": CSV * 2,
    }
    assert sorted(item.name for item in (tmp_path / "out").iterdir()) == ["member"]


def test_files_at_the_top_of_an_archive_are_taken_too(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "r.zip", ("moves.csv", CSV))
    assert take_all(path, tmp_path / "out") == {"moves.csv": CSV}


def test_two_members_of_one_file_are_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "r.zip", ("data/care_2024.csv", CSV), ("data/care_2025.csv", CSV))
    with pytest.raises(RefusedError, match=r"2 files are care_\*\.csv: .*2024.*2025"):
        take_all(path, tmp_path / "out")


@pytest.mark.parametrize(
    "name",
    [
        "../moves.csv",
        "data/../../moves.csv",
        "/etc/moves.csv",
        "..\\moves.csv",
        "C:\\moves.csv",
        "C:moves.csv",
        "\\\\server\\moves.csv",
        "data/../../../other.txt",
    ],
)
def test_a_member_whose_name_leads_out_of_the_folder_spoils_the_archive(
    name: str, tmp_path: Path
) -> None:
    path = zip_of(tmp_path / "r.zip", ("data/care_2025.csv", CSV), (name, CSV))
    with pytest.raises(RefusedError, match="leads out of the folder"):
        take_all(path, tmp_path / "out")


def test_a_member_that_is_a_link_spoils_the_archive(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("data/moves.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = zip_of(tmp_path / "r.zip", (link, b"/etc/passwd"))
    with pytest.raises(RefusedError, match="leads out of the folder"):
        take_all(path, tmp_path / "out")


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "r.zip", ("data/moves.csv", b"0," * 5_000_000))
    with pytest.raises(RefusedError, match="says it unpacks to 10,000,000 bytes"):
        take_all(path, tmp_path / "out")


def test_a_zip_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    spec = FileSpec("moves.csv", "care", "ees", max_megabytes=100)
    path = zip_of(tmp_path / "r.zip", ("data/moves.csv", b"0," * 5_000_000))
    with (
        open_archive(path, [spec], what="r.zip", max_bytes=10**9) as archive,
        pytest.raises(RefusedError, match="200 times"),
    ):
        archive.take(archive.members[0], tmp_path / "member")


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "r.zip", ("data/moves.csv", b"0," * 5_000_000))
    data = path.read_bytes()
    lie, truth = struct.pack("<L", 1_000), struct.pack("<L", 10_000_000)
    assert data.count(truth) == 2
    path.write_bytes(data.replace(truth, lie))
    with pytest.raises(RefusedError, match="cannot be unpacked"):
        take_all(path, tmp_path / "out")


def test_what_comes_out_of_one_archive_is_capped_over_all_its_files(tmp_path: Path) -> None:
    body = CSV * 10_000
    path = zip_of(tmp_path / "r.zip", ("data/moves.csv", body), ("data/care_2025.csv", body))
    with pytest.raises(RefusedError, match="more than the"):
        take_all(path, tmp_path / "out", max_bytes=len(body) + 100)


def test_an_archive_of_a_great_many_files_is_refused(tmp_path: Path) -> None:
    members = [(f"data/{i}.txt", b"") for i in range(MOST_MEMBERS + 1)]
    with pytest.raises(RefusedError, match=r"5,001 files"):
        take_all(zip_of(tmp_path / "r.zip", *members), tmp_path / "out")


def test_a_member_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "r.zip", ("data/moves.csv", CSV * 500))
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(RefusedError, match="cannot be unpacked"):
        take_all(path, tmp_path / "out")


def test_a_member_that_is_encrypted_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "r.zip", ("data/moves.csv", CSV))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(RefusedError, match="encrypted"):
        take_all(path, tmp_path / "out")


def test_a_member_packed_in_an_unknown_way_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "r.zip", ("data/moves.csv", CSV))
    data = bytearray(path.read_bytes())
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 99
    path.write_bytes(bytes(data))
    with pytest.raises(RefusedError, match="cannot be unpacked"):
        take_all(path, tmp_path / "out")


@pytest.mark.parametrize("body", [b"", b"<html>", CSV, archive_of({"moves.csv": CSV})[:-30]])
def test_what_is_no_whole_archive_is_refused(body: bytes, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="not a whole archive"):
        take_all(written(tmp_path / "r.zip", body), tmp_path / "out")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_bit_changed_anywhere_never_yields_a_changed_file(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bits")
    whole = bytearray(archive_of({"data/moves.csv": CSV * 20}))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        taken = take_all(written(folder / "r.zip", bytes(whole)), folder / "out")
    except LiveError:
        return
    assert set(taken.values()) <= {CSV * 20}


def test_the_hash_is_the_content_s(tmp_path: Path) -> None:
    assert hash_file(written(tmp_path / "x", b"abc")) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    assert io.BytesIO(b"abc").read() == (tmp_path / "x").read_bytes()
