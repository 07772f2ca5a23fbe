"""One question about the card each, one small file per family, declared as data."""
