"""Documents that leave the challenge log: a meeting's pack and record, an authority's public
report, a region's themes. Each shows what its reader may read, and says on every page for whom
it is."""
