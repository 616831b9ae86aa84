"""Tests of `ingest.schemas`."""
