"""The whole loop, small: rooms, difficulty, SFT, RLVR, equal-time SFT, evaluation, a page."""
