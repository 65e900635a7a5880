"""Benchmarks and examples, run by ``make bench`` and ``make styles``; not part of the package."""
