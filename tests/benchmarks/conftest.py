"""The benchmarks' own tests run on the demonstration, as those of the pages do."""

from tests.alliance.conftest import demo_app, demo_served, demonstration

__all__ = ["demo_app", "demo_served", "demonstration"]
