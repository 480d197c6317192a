"""Use cases of judging, by noun."""
