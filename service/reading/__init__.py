"""A rectified card as text: layout recognised, fields and labels read, each with confidence and region."""
