"""Mastering in its parts: tables, measuring, buses and chain, limiter at a loudness, reference.

`songwright.mix.master` puts them together.
"""
