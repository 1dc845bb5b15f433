"""Similarity: by which keys near-duplicates find each other in an index, and how alike two texts are.

A text's keys are bands of its MinHash signature over pairs of words (Broder 1997): two texts that share half of their
pairs almost surely share several keys, two that share a thirtieth hardly ever more than one. Texts come in folded (app.text.fold).
"""

import random
import re
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

from rapidfuzz.distance import Indel

BANDS, ROWS = 20, 2
# Long texts are known by their beginning: 4,000 words say enough.
_MOST_WORDS = 4000
_PRIME = (1 << 61) - 1
# Changing these, or the words of a text, makes other keys: delete all rows of similarity_key then, and the background
# loop makes them anew.
_random = random.Random(20261125)  # noqa: S311 - no secret: the same numbers in every process
_HASHES = [(_random.randrange(1, _PRIME), _random.randrange(_PRIME)) for _ in range(BANDS * ROWS)]


def words(folded: str) -> list[str]:
    """The words of a folded text, without punctuation."""
    return re.findall(r"\w+", folded)[:_MOST_WORDS]


def keys(folded: str) -> list[int]:
    """The keys of a text, one for each band. Texts without any words are like each other."""
    pairs = _pairs(words(folded))
    lowest = [min((a * pair + b) % _PRIME for pair in pairs) for a, b in _HASHES]
    return [_key(band, lowest[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]


def likeness(one: list[str], other: list[str]) -> float:
    """How alike two texts are, word by word in their order: 1 if they are the same, about 0.3 for two that have nothing in common."""
    return float(Indel.normalized_similarity(one, other))


def _pairs(found: list[str]) -> set[int]:
    if len(found) <= 1:
        return {crc32("".join(found).encode())}
    return {crc32(f"{one} {other}".encode()) for one, other in pairwise(found)}


def _key(band: int, lowest: list[int]) -> int:
    """64 bits with a sign, as both databases store them."""
    digest = blake2b(repr((band, lowest)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
