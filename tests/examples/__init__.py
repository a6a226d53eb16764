"""The files of examples/, tried with the programs they are for."""
