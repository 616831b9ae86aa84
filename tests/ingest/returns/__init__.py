"""Tests of reading local returns."""
