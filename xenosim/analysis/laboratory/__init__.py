"""Files of a laboratory as tables of measurements: layouts, columns, numbers, days, removals."""
