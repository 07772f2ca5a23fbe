"""Data for the classifier: drawn cards, what the service says of them, and patches of their pictures."""
