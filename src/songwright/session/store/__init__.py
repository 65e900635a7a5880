"""The store: every result that was made and every decision that was taken, in one folder.

    project.db     SQLite: nodes, edges, variants, moves, settings
    blobs/         contents by hash
    history.txt    every change, one a line; the database can be made again from it

`Project` is the way in. `Store` is the seam for other stores.
"""

from songwright.session.store.build import Build
from songwright.session.store.check import Problem, Verification
from songwright.session.store.garbage import Garbage
from songwright.session.store.memory import MemoryStore
from songwright.session.store.model import KINDS, Difference, Move, Node, Variant
from songwright.session.store.project import Project
from songwright.session.store.protocol import Store
from songwright.session.store.salvage import Salvage
from songwright.session.store.sqlite import SqliteStore
from songwright.session.store.unbundle import Imported

__all__ = [
    "KINDS",
    "Build",
    "Difference",
    "Garbage",
    "Imported",
    "MemoryStore",
    "Move",
    "Node",
    "Problem",
    "Project",
    "Salvage",
    "SqliteStore",
    "Store",
    "Variant",
    "Verification",
]
