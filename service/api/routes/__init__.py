"""One file per group of routes; each route is thin."""
