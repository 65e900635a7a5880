"""The synthesiser of the sound palette: patches of `songwright.palette` made audible."""
