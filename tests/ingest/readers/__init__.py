"""Tests of `ingest.readers`."""
