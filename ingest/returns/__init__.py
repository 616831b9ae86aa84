"""Local returns: unpublished quarterly figures that an authority gives to its alliance.

Declarations, the template, reading an upload and its checks. No store and no web: what becomes of
an accepted return, and who may see it, is decided above.
"""
