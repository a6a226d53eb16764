"""USE CASES: the only code that changes facts. Functions of (tx, …), named by what is being done."""
