"""Programs of others that can play a part, found when they are asked for; none is needed.

`songwright.render.hosts.fluidsynth` runs FluidSynth (LGPL), `songwright.render.hosts.plugin` a
VST3 plug-in through pedalboard (GPL). Both run outside this process: their licences stay theirs
and their crashes cost nothing.
"""
