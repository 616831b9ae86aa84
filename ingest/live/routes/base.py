"""What a route to a publisher is given, and how it reads the publisher's answers.

A route finds the latest edition of one source and where its files are; it downloads no data file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from ingest.catalogue import Catalogue, FileSpec, Route, Source
from ingest.live.client import LiveClient
from ingest.live.editions import Edition
from ingest.live.errors import LiveError, NotThereError

MOST_PAGES = 25


@dataclass(frozen=True, slots=True)
class Search:
    """One look for the latest edition of a source along one route."""

    source: Source
    specs: tuple[FileSpec, ...]
    route: Route
    catalogue: Catalogue
    client: LiveClient

    @property
    def slugs(self) -> tuple[str, ...]:
        """What the publication is called in addresses, and was called before."""
        return (self.source.slug, *self.source.former_slugs)

    def get(self, model: type[A], address: str, params: dict[str, Any] | None = None) -> A:
        """An answer of the route, read as that model. Raises `LiveError` where it is not."""
        return read_as(model, self.client.get_json(self.route, address, params=params), address)

    def pages(
        self, model: type[A], address: str, size: int, params: dict[str, Any] | None = None
    ) -> Iterator[A]:
        """The results of a list, page after page."""
        for page in range(1, MOST_PAGES + 1):
            wanted = {**(params or {}), "page": page, "pageSize": size}
            answer = self.get(Page, address, wanted)
            yield from (read_as(model, item, address) for item in answer.results)
            if page >= answer.paging.total_pages:
                return
        raise LiveError(f"{address}: more than {MOST_PAGES} pages.")

    def first_slug(self, model: type[A], address: str) -> A:
        """The answer for the first of the publication's slugs that there is; `{}` of the address
        stands for it. Raises `NotThereError` where there is none."""
        missing: NotThereError | None = None
        for slug in self.slugs:
            try:
                return self.get(model, address.format(slug))
            except NotThereError as error:
                missing = missing or error
        raise missing or NotThereError(
            f"{self.source.id} has no slug in data/catalogue/sources.toml."
        )


class Find(Protocol):
    """Finds the latest edition of a source. Raises `LiveError` where the route has none of it."""

    def __call__(self, search: Search) -> Edition: ...


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _partial_date(value: object) -> str:
    """`{year, month, day}`, of which month and day may be missing, or an ISO date, as ISO text."""
    if isinstance(value, str):
        return value[:10]
    if not isinstance(value, dict) or not str(value.get("year") or "").isdigit():
        return ""
    parts = [f"{int(value['year']):04}"]
    for name in ("month", "day"):
        if not str(value.get(name) or "").isdigit():
            break
        parts.append(f"{int(value[name]):02}")
    return "-".join(parts)


class Answer(BaseModel):
    """A JSON answer: the keys that are used, written in camelCase; others are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")


A = TypeVar("A", bound=Answer)

Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
"""An identifier that goes into an address."""
Slug = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,200}$")]
Moment = Annotated[datetime, AfterValidator(_aware)]
PartialDate = Annotated[str, BeforeValidator(_partial_date)]


class Paging(Answer):
    """Where a page of results stands among all."""

    total_pages: int = 1


class Page(Answer):
    """One page of results."""

    results: list[dict[str, Any]]
    paging: Paging = Paging()


class Warned(Answer):
    """An answer that may carry warnings although it succeeded."""

    warnings: list[dict[str, Any]] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """The warnings as sentences."""
        return tuple(
            f"The publisher warns: {item.get('message', 'no message')} ({item.get('code', '')})"
            for item in self.warnings
        )


def read_as(model: type[A], data: Any, address: str) -> A:
    """Read an answer as a model. Raises `LiveError` naming the keys that are not as expected."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        keys = ", ".join(".".join(map(str, item["loc"])) or "all" for item in error.errors()[:5])
        raise LiveError(
            f"{address}: the publisher's answer has another shape than expected ({keys})."
        ) from error
