"""The door: HTTP routes, keys and roles, limits, problems, metrics, and the first page."""
