"""Results in words: every function takes a result that is in memory or was read back."""
