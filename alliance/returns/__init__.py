"""Local returns of an alliance: submitting, versions, who may see them, and the plain pages for it.

What a return asks for and how an upload is read is decided in `ingest.returns`. Figures of local
returns never enter a release, nor any public download.
"""
