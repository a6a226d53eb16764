"""Films and sounds: told apart, measured, freed of metadata; what ffmpeg is told to do, and what it tells.

Read and written piece by piece, in a child process: nothing here holds a whole film in memory.
"""
