"""Published against simulated: one row per published statement about cells, misses included."""
