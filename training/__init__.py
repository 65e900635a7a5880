"""How the shipped models are made: corpora, datasets, networks, training runs, export.

Nothing here is imported by the package. Training needs ``pip install "songwright[train]"``.
"""
