"""The evaluation protocol of the score: folds, groups, pairs that differ in one thing, harmed pictures."""
