"""The demonstration: a fictional country's published files, and what is shown with them.

Invented authorities and figures only; nothing here reads or names a real one.
"""
