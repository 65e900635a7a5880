"""Metrics on notes, one idea a module; see `songwright.evaluate.registry` for adding one.

A metric function reads a `songwright.evaluate.piece.Piece` and yields findings. What several
metrics share (the tune, the chords, the key) is a function marked ``@once``.
"""
