"""Search: what a query asks for, how well a text answers it, and which part of the text shows that.

Everything is compared word by word and folded (app.text.fold), so that neither case nor accents nor the way letters are
composed keep a text from being found; a word written with the very accents that were asked for counts more.
A query knows no operators but quotation marks: every other character only parts words.
"""

import re
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from unicodedata import normalize

from app.text import fold

MOST_WORDS = 12
MOST_TYPED, _LONGEST_WORD = 400, 40
_WORD = re.compile(r"[^\W_]+")
_PARTS = re.compile(r'"([^"]*)(?:"|$)|([^"]+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„«»＂", '"'))
# One letter alone begins too many words to say which are meant, and shorter words are one letter away from too many.
_SHORTEST_PREFIX, _SHORTEST_CORRECTED = 2, 3
_CLEAR = 0.6  # a match that hardly anybody would take for another word
_TONES = "sfrxj"
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True)
class Word:
    """A word that is asked for; `is_begun` says that it may go on, `others` are read as slips of the same word."""

    folded: str
    written: str
    is_begun: bool = False
    others: frozenset[str] = frozenset()

    def read_as(self, others: Iterable[str]) -> "Word":
        """The same word, with those that it may be a slip of."""
        return replace(self, others=frozenset(others))


@dataclass(frozen=True)
class Query:
    """Groups of words, all of which are asked for; the words of a group of several follow each other (a phrase)."""

    groups: tuple[tuple[Word, ...], ...] = ()
    is_cut: bool = False

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for group in self.groups for word in group)

    def with_words(self, words: Sequence[Word]) -> "Query":
        """The same groups with other words in them."""
        left = iter(words)
        return replace(
            self, groups=tuple(tuple(next(left) for _ in group) for group in self.groups)
        )

    def as_phrase(self) -> "Query | None":
        """The words as they follow each other; None where that asks for nothing else, or for one of several words."""
        if len(self.groups) < 2 or any(word.others for word in self.words):  # noqa: PLR2004
            return None
        return replace(self, groups=(self.words,))

    def without(self, count: int) -> list["Query"]:
        """The queries that ask for all groups but so many of them."""
        kept = combinations(self.groups, len(self.groups) - count)
        return [replace(self, groups=groups) for groups in kept if groups]


@lru_cache(maxsize=50_000)
def folded_word(written: str) -> str:
    """A word as the index holds it; empty if nothing of it is left."""
    return "".join(_WORD.findall(fold(written)))[:_LONGEST_WORD]


def words(text: str) -> list[str]:
    """The words of a text in their order as the index holds them, without punctuation."""
    return [folded for folded in map(folded_word, _WORD.findall(text)) if folded]


def read(typed: str) -> Query:
    """What was typed as a query: words, phrases in quotation marks, and a last word that may not be finished.

    Nothing is refused. What goes beyond the first twelve words is left out, and `is_cut` says so.
    """
    text = normalize("NFC", typed[:MOST_TYPED].translate(_QUOTES))
    groups: list[tuple[Word, ...]] = []
    for quoted, plain in _PARTS.findall(text):
        found = [Word(folded, one.lower()) for one in _WORD.findall(quoted or plain) if (folded := folded_word(one))]  # fmt: skip
        groups += [tuple(found)] if quoted and found else [(word,) for word in found]
    kept, count = [], 0
    for group in groups:
        kept.append(group[: MOST_WORDS - count])
        count += len(group)
        if count >= MOST_WORDS:
            break
    cut = len(typed) > MOST_TYPED or sum(map(len, groups)) > sum(map(len, kept))
    return Query(_with_begun_end(kept, text), cut)


def _with_begun_end(groups: list[tuple[Word, ...]], text: str) -> tuple[tuple[Word, ...], ...]:
    """The last word may go on, unless a quotation mark has closed it."""
    if groups and not text.rstrip().endswith('"'):
        *before, last = groups[-1]
        if len(last.folded) >= _SHORTEST_PREFIX:
            groups[-1] = (*before, replace(last, is_begun=True))
    return tuple(groups)


# Slips


def undone(word: str) -> list[str]:
    """The words that somebody who typed this may have meant, if an input method left its keys in it.

    Telex doubles letters (“ddoo” is “đô”), adds w for horns and breves and one of s, f, r, x, j for the tone; VNI adds
    digits. Both are described in the manuals of every Vietnamese input method; z takes a tone away again.
    """
    found = {re.sub(r"(?<=[a-z])[0-9]+", "", word)}
    plain = re.sub(r"(aa|ee|oo|dd)", lambda pair: pair[0][0], word)
    plain = re.sub(r"(?<=[uao])w|w(?=[uao])", "", plain).replace("w", "u")
    found.add(plain)
    found |= {plain[:at] + plain[at + 1 :] for at in _tones(plain)}
    return sorted(one for one in found if one and one != word)


def _tones(word: str) -> list[int]:
    """Where a letter may stand for a tone: anywhere behind the first vowel."""
    vowels = [at for at, letter in enumerate(word) if letter in _VOWELS]
    return (
        [at for at in range(vowels[0] + 1, len(word)) if word[at] in _TONES + "z"] if vowels else []
    )


def one_letter_off(word: str) -> list[str]:
    """All words that one exchanged, wrong, superfluous or missing letter turns into this one, in this order; none for short
    words.
    """
    if len(word) < _SHORTEST_CORRECTED or not word.isascii() or not word.isalpha():
        return []
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = string.ascii_lowercase
    found = [a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1]
    found += [a + letter + b[1:] for a, b in parts if b for letter in letters]
    found += [a + b[1:] for a, b in parts if b]
    found += [a + letter + b for a, b in parts for letter in letters]
    return [one for one in dict.fromkeys(found) if one != word]


# How well a text answers


@dataclass(frozen=True)
class Part:
    """One of a proposal's texts, and how much it says about what the proposal is about."""

    name: str
    text: str
    weight: float


class Reading:
    """A query held against texts. Each word of theirs is looked at once, however often it stands there."""

    def __init__(self, query: Query) -> None:
        self._asked = query.words
        self._known: dict[str, tuple[tuple[int, float], ...]] = {}

    def matches(self, written: str) -> tuple[tuple[int, float], ...]:
        """Which of the words asked for, by place, this word of a text is, and how well; usually none."""
        found = self._known.get(written)
        if found is None:
            graded = ((place, quality(word, written)) for place, word in enumerate(self._asked))
            found = self._known[written] = tuple(one for one in graded if one[1])
        return found

    def score(self, parts: Sequence[Part]) -> float:
        """How well these texts together answer: more for words in a heavier part, written as asked for, side by side in
        their order, and for a part that says little else.
        """
        asked, total = len(self._asked) or 1, 0.0
        for part in parts:
            found = _WORD.findall(part.text)
            best, run, seen = self._best(found)
            if best:
                share, filled = sum(best.values()) / asked, len(best) / len(found)
                often = min(seen / asked, 5) / 5
                total += part.weight * (share + 0.8 * run / asked + 0.4 * filled + 0.2 * often)
        return round(total, 6)

    def _best(self, found: Sequence[str]) -> tuple[dict[int, float], float, int]:
        """The best match of each word by its place, the best run of neighbours in their order, how many matched."""
        best: dict[int, float] = {}
        longest, seen = 0.0, 0
        runs: dict[int, float] = {}
        for written in found:
            ends: dict[int, float] = {}
            for place, how in self.matches(written):
                seen += 1
                best[place] = max(best.get(place, 0.0), how)
                ends[place] = runs.get(place - 1, 0.0) + how
                longest = max(longest, ends[place])
            runs = ends
        return best, longest if len(self._asked) > 1 else 0.0, seen

    def share(self, texts: Iterable[str]) -> float:
        """How much of what is asked for stands somewhere in these texts, from 0 to 1; other accents are other words."""
        written = {word for text in texts for word in _WORD.findall(text)}
        found = {place for word in written for place, how in self.matches(word) if how >= _CLEAR}
        return len(found) / (len(self._asked) or 1)

    def hits(self, text: str) -> list[tuple[int, int]]:
        """Where in a text the words stand that are asked for; those that hardly agree only where there are no others."""
        graded = [
            (found.span(), max(how for _, how in matches))
            for found in _WORD.finditer(text)
            if (matches := self.matches(found.group()))
        ]
        best = max((grade for _, grade in graded), default=0.0)
        return [place for place, grade in graded if grade >= min(best, _CLEAR)]

    def marked(self, part: Part) -> "Snippet":
        """The whole of a text, with what was asked for marked."""
        return Snippet(part.name, part.text, tuple(self.hits(part.text)))

    def snippet(self, parts: Sequence[Part], length: int = 220) -> "Snippet":
        """The piece, of about so many characters, where most of the words stand together; the first text's beginning if
        there are none.
        """
        most, best, at = 0, parts[0], 0
        for part in parts:
            count, start = self._densest(part.text, length)
            if count > most:
                most, best, at = count, part, start
            if most >= len(self._asked):
                break
        return self.marked(_piece(best, at, length))

    def _densest(self, text: str, length: int) -> tuple[int, int]:
        """How many different words stand at most within so many characters of a text, and where they begin."""
        found = [(start, text[start:end].lower()) for start, end in self.hits(text)]
        most, at, ends = 0, 0, 0
        for index, (start, _) in enumerate(found):
            while ends < len(found) and found[ends][0] < start + length:
                ends += 1
            near = len({word for _, word in found[index:ends]})
            if near > most:
                most, at = near, start
        return most, at


def quality(word: Word, written: str) -> float:
    """How well one word of a text is what was asked for, from 0 to 1."""
    folded = folded_word(written)
    if folded == word.folded:
        return _agreement(word, written.lower(), folded)
    if folded in word.others:
        return _CLEAR
    if word.is_begun and folded.startswith(word.folded):
        return 0.7 * _agreement(word, written.lower()[: len(word.written)], word.folded)
    return 0.0


def _agreement(word: Word, written: str, folded: str) -> float:
    """How well the accents agree: whoever types none may mean any; other accents than those typed make another word."""
    if written == word.written:
        return 1.0
    if word.written == word.folded:
        return 0.9
    return 0.75 if written == folded else 0.4


@dataclass(frozen=True)
class Snippet:
    """A piece of a text: `hits` are the places (start, end) in `text` of the words that were found."""

    part: str
    text: str
    hits: tuple[tuple[int, int], ...]

    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is to be marked."""
        made, at = [], 0
        for start, end in self.hits:
            made += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        return [piece for piece in [*made, (self.text[at:], False)] if piece[0]]


def _piece(part: Part, at: int, length: int) -> Part:
    """The piece around a place, cut between words, in one line; dots say that the text goes on."""
    start = max(0, at - length // 4)
    if start:
        start = part.text.find(" ", start, at) + 1 or at
    end = min(len(part.text), start + length)
    if end < len(part.text):
        cut = part.text.rfind(" ", at, end)
        end = cut if cut > at else end
    line = " ".join(part.text[start:end].split())
    text = f"{'… ' if start else ''}{line}{' …' if end < len(part.text) else ''}"
    return replace(part, text=text)
