"""One way from a performance to finished sound, for new and refined songs, MIDI and mixes by hand.

    dry stems → facts → mix sheet → finished stems → mix → master

Nothing is made twice: dry stems are kept in the user's cache, stems that did not change are taken
over byte for byte, and what was decided of a mix stays decided (`songwright.session.production.
record`).
"""
