"""pandera schemas: the raw shape of each kind of file, and of each table of the release."""
