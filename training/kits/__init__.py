"""How the fitted drum kits are made: hits of a soundfont, measured and written compactly.

    python -m training.kits.fit --font /usr/share/sounds/sf2/FluidR3_GM.sf2

writes ``src/songwright/render/data/fitted_kits`` and the table of ``docs/instruments-kits.md``.
Nothing here is imported by the package.
"""
