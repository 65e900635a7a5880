"""``python -m songwright``."""

from songwright.cli import main

main()
