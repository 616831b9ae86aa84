"""The arithmetic: comparisons, intervals, neighbours; and the read-only queries of a release."""
