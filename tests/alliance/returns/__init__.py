"""Tests of giving local returns and of who may see them."""
