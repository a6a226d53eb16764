"""Where synchronous code meets trio: the database, the clock, the network, the files."""
