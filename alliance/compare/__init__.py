"""Comparing any authorities on any indicators over any years: what is chosen and how it is shown.

The page is `alliance.pages.compare`; the pictures are in `alliance.charts`.
"""
