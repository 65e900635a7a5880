"""Makers that were learned from music, beside the makers that follow rules.

They write the same things (progressions of a letter, themes of a letter) under the same hard
constraints; `songwright.composition.learned.makers` says which maker writes what.
"""
