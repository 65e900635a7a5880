"""Instruments fitted to recordings: partials and noise as they were measured."""
