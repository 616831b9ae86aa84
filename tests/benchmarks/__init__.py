"""Benchmarks: `python -m tests.benchmarks`. Measures and prints; no test fails on a clock."""
