"""LOOPS: what goes on while nobody asks: taking in, fetching, delivering, the schedule."""
