"""The web application, for any WSGI server: `app:server`. Settings come from the environment."""

from __future__ import annotations

import os

from alliance.server import create_app, settle
from alliance.settings import load_settings

app = create_app(load_settings(None, os.environ))
server = app.server
settle()
