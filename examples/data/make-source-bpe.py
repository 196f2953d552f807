#!/usr/bin/env python3
"""Learns the byte-pair vocabulary source-vocab.json and source-merges.txt from granary-source.txt: 256 bytes and 768 merges of the
most frequent pair (ties: the pair that sorts first), within the words that GPT-2's pattern cuts a text into."""
import collections
import json
import pathlib
import re

MERGES = 768
here = pathlib.Path(__file__).parent
visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
rest = [b for b in range(256) if b not in visible]
characters = {b: chr(b) for b in visible} | {b: chr(256 + i) for i, b in enumerate(rest)}

text = (here / "granary-source.txt").read_text(encoding="utf-8")
pattern = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
words = collections.Counter(tuple(characters[b] for b in word.encode()) for word in pattern.findall(text))
tokens = [characters[b] for b in range(256)]
merges = []
while len(merges) < MERGES:
    pairs = collections.Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += count
    best = min(pairs, key=lambda p: (-pairs[p], p))
    merges.append(best)
    tokens.append(best[0] + best[1])
    merged = collections.Counter()
    for word, count in words.items():
        out, i = [], 0
        while i < len(word):
            if word[i : i + 2] == best:
                out.append(best[0] + best[1])
                i += 2
            else:
                out.append(word[i])
                i += 1
        merged[tuple(out)] += count
    words = merged

(here / "source-vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
(here / "source-merges.txt").write_text("".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
