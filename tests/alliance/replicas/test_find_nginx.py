"""nginx is found, or installed, or said to be missing: never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alliance.replicas.find_nginx import VARIABLE, NoNginxError, find_nginx


def add(folder: Path, name: str, script: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def find(folder: Path, *, root: bool = True, **environment: str) -> str:
    return find_nginx(
        {"PATH": str(folder / "bin"), **environment},
        beside=(str(folder / "sbin"),), os_release=folder / "os-release", root=root,
    )  # fmt: skip


def test_one_on_the_path_stands_before_one_beside_it(tmp_path: Path) -> None:
    beside = add(tmp_path / "sbin", "nginx")
    assert find(tmp_path) == str(beside)
    assert find(tmp_path, PATH=str(add(tmp_path / "bin", "nginx").parent)) == str(
        tmp_path / "bin" / "nginx"
    )


def test_the_one_that_is_named_stands_before_all(tmp_path: Path) -> None:
    add(tmp_path / "bin", "nginx")
    named = str(add(tmp_path / "mine", "nginx"))
    assert find(tmp_path, **{VARIABLE: named}) == named
    with pytest.raises(NoNginxError, match=rf"{VARIABLE} names /nowhere"):
        find(tmp_path, **{VARIABLE: "/nowhere"})


def test_debians_is_installed_where_that_may_be_done(tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text("ID=debian\n")
    (tmp_path / "sbin").mkdir()
    place, log = tmp_path / "sbin" / "nginx", tmp_path / "log"
    script = f'echo "$*" >> "{log}"\n[ "$1" = install ] || exit 0\n'
    script += f"echo '#!/bin/sh' > {place}\n/bin/chmod +x {place}"
    add(tmp_path / "bin", "apt-get", script)
    assert find(tmp_path) == str(place)
    assert log.read_text().splitlines() == [
        "update",
        "install -y --no-install-recommends nginx-light",
    ]


def test_where_it_cannot_be_installed_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoNginxError, match="sudo apt-get install nginx-light"):
        find(tmp_path)
    (tmp_path / "os-release").write_text("ID=debian\n")
    add(tmp_path / "bin", "apt-get", "echo 'E: no such luck'; exit 100")
    with pytest.raises(NoNginxError, match="no such luck"):
        find(tmp_path)
    with pytest.raises(NoNginxError, match="This user may not install"):
        find(tmp_path, root=False)
