"""The directors of the demonstration's other authorities, and a guest: invented people who write in
its log and give its returns. One can be none of them in the header."""

from __future__ import annotations

from dataclasses import dataclass

from alliance.access import Person, Role


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of an authority of the demonstration's alliance."""

    username: str
    display_name: str
    authority_code: str

    def person(self, alliance: str) -> Person:
        """Them, as permissions know them."""
        return Person(
            self.username, self.display_name, self.authority_code, alliance,
            frozenset({Role.DIRECTOR}),
        )  # fmt: skip


COLLEAGUES: tuple[Colleague, ...] = (
    Colleague("k.marsh", "Kit Marsh", "640"),
    Colleague("d.wolde", "Dana Wolde", "643"),
    Colleague("r.lowe", "Robin Lowe", "632"),
    Colleague("a.fenn", "Alex Fenn", "631"),
)
"""One director for each authority of the alliance that no part of the demonstration speaks for."""
