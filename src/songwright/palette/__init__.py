"""The sound palette: synthesiser patches and drum machines that a part can name as its sound.

A patch is data (`songwright.palette.model`); `search` finds patches by words, `vary` makes
relatives of one, `get` resolves the id that a score stores.
"""

from songwright.palette.catalogue import get, knows, patches
from songwright.palette.macros import MACROS, join_id, split_id, with_settings
from songwright.palette.model import CATEGORIES, Patch
from songwright.palette.search import Hit, search, vary

__all__ = [
    "CATEGORIES",
    "MACROS",
    "Hit",
    "Patch",
    "get",
    "join_id",
    "knows",
    "patches",
    "search",
    "split_id",
    "vary",
    "with_settings",
]
