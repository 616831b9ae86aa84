"""The seven things that a published figure can be, with their words. Missing is never zero."""

from __future__ import annotations

REPORTED = "reported"
SUPPRESSED = "suppressed"
NOT_AVAILABLE = "not_available"
NOT_APPLICABLE = "not_applicable"
ROUNDS_TO_ZERO = "rounds_to_zero"
LOW_RELIABILITY = "low_reliability"
MISSING = "missing"

STATUSES = (
    REPORTED,
    SUPPRESSED,
    NOT_AVAILABLE,
    NOT_APPLICABLE,
    ROUNDS_TO_ZERO,
    LOW_RELIABILITY,
    MISSING,
)

STATUS_WORDS = {
    REPORTED: "reported",
    SUPPRESSED: "suppressed",
    NOT_AVAILABLE: "not available",
    NOT_APPLICABLE: "not applicable",
    ROUNDS_TO_ZERO: "rounds to zero",
    LOW_RELIABILITY: "low reliability, not shown",
    MISSING: "not given",
}
