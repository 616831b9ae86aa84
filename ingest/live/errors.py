"""What can go wrong between a publisher and the cache of editions. Messages are for the analyst."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.errors import AllianceError


class LiveError(AllianceError):
    """A publisher's file could not be had: says from where, why, and what was kept."""


class RefusedError(LiveError):
    """A rule of ours forbids it (address, size, content): asking again would not help."""


class NotThereError(LiveError):
    """The publisher says that there is no such thing."""


class UnavailableError(LiveError):
    """A fault that may pass. `retry_after`: seconds that the publisher asked us to wait."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class RouteFailure:
    """Why one route to a source did not answer."""

    route: str
    message: str

    def __str__(self) -> str:
        return f"{self.route}: {self.message}"


class NoRouteError(LiveError):
    """Every route to a source failed. Carries why each did."""

    def __init__(self, source_id: str, failures: tuple[RouteFailure, ...]) -> None:
        self.failures = failures
        reasons = "\n".join(f"  {failure}" for failure in failures)
        super().__init__(
            f"{source_id}: no route to the publisher answered. What is in the cache stays in use; "
            f"try again later, or download the release by hand.\n{reasons}"
        )
