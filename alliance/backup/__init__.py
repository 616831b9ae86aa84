"""A home in one file: made while it is in use, checked before it is believed, put back whole.

Knows how what people write, releases and settings lie in a backup. Decides nothing about who may
make one: that is whoever may read the home.
"""
