"""A generator of near misses and paraphrases, labelled without the grader: see `strictness.pairs`."""
