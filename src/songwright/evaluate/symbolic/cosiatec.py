"""Kernel of the compression ratio: greedy cover of points by translated patterns.

Source: D. Meredith, "COSIATEC and SIATECCompress: Pattern discovery by geometric compression"
(MIREX 2013). Every maximal translatable pattern is tried; those that cannot beat the best so far
(their points have too few common translations) are dropped before they are counted out.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from songwright.evaluate.notes import Ticks


@njit(cache=True, nogil=True)
def compression_ratio(onsets, pitches):  # type: ignore[no-untyped-def]
    """Points covered per unit of description, at least 1.

    ``onsets`` (grid steps from 0, ascending) and ``pitches`` (from 0) are int64 arrays of equal
    length without duplicate points.
    """
    count = len(onsets)
    width = onsets.max() + 1
    height = pitches.max() + 1
    grid = np.zeros((width, height), np.int64)  # index of the point + 1
    alive = np.ones(count, np.bool_)
    for i in range(count):
        grid[onsets[i], pitches[i]] = i + 1
    left = count
    cost = 0.0
    while left > 0:
        index = np.flatnonzero(alive)
        pairs = left * (left - 1) // 2
        key = np.empty(pairs, np.int64)
        source = np.empty(pairs, np.int64)
        n = 0
        for a in range(left):
            for b in range(a + 1, left):
                i, j = index[a], index[b]
                key[n] = (onsets[j] - onsets[i]) * (2 * height) + pitches[j] - pitches[i] + height
                source[n] = i
                n += 1
        occurrences = np.zeros((width + 1) * 2 * height, np.int64)
        for n in range(pairs):
            occurrences[key[n]] += 1
        order = np.argsort(key, kind="mergesort")
        best_ratio, best_cost = 1.0, 0.0
        best_gain = 0
        best_pattern = np.empty(0, np.int64)
        begin = 0
        while begin < pairs:
            stop = begin + 1
            while stop < pairs and key[order[stop]] == key[order[begin]]:
                stop += 1
            size = stop - begin
            if size >= 2:
                # Sources of one vector, in order of the points.
                pattern = source[order[begin:stop]]
                fewest = count
                for k in range(1, size):
                    d = (onsets[pattern[k]] - onsets[pattern[0]]) * (2 * height) + (
                        pitches[pattern[k]] - pitches[pattern[0]] + height
                    )
                    fewest = min(fewest, occurrences[d])
                bound = size * fewest / (size + fewest - 1.0)
                if bound > best_ratio:
                    covered = np.zeros(count, np.bool_)
                    translators = 0
                    for q in index:
                        whole = True
                        for k in range(size):
                            x = onsets[pattern[k]] - onsets[pattern[0]] + onsets[q]
                            y = pitches[pattern[k]] - pitches[pattern[0]] + pitches[q]
                            if x >= width or y < 0 or y >= height or grid[x, y] == 0:
                                whole = False
                                break
                        if whole:
                            translators += 1
                            for k in range(size):
                                x = onsets[pattern[k]] - onsets[pattern[0]] + onsets[q]
                                y = pitches[pattern[k]] - pitches[pattern[0]] + pitches[q]
                                covered[grid[x, y] - 1] = True
                    gain = covered.sum()
                    ratio = gain / (size + translators - 1.0)
                    if ratio > best_ratio or (ratio == best_ratio and gain > best_gain):
                        best_ratio, best_gain = ratio, int(gain)
                        best_pattern = np.flatnonzero(covered)
                        best_cost = size + translators - 1.0
            begin = stop
        if best_gain == 0:
            cost += left
            break
        cost += best_cost
        for point in best_pattern:
            alive[point] = False
            grid[onsets[point], pitches[point]] = 0
        left -= len(best_pattern)
    return count / cost


def compress(points: Ticks) -> float:
    """Compression ratio of distinct points (n, 2) with non-negative coordinates, sorted."""
    ratio = compression_ratio(points[:, 0].copy(), points[:, 1].copy())
    return float(ratio)
