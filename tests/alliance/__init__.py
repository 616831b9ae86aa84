"""Tests of what members see and do."""
