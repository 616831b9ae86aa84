"""From published files to a checked, immutable release. Imports nothing above itself."""
