"""Broken seed files by the thousand: no crash, no hang, nothing lost.

    python benchmarks/fuzz_readers.py [--count 10000] [--seed 1956]

Each input is a sound file of one format with some bytes changed, or with its content changed and packed anew, or two
files spliced. Each is read as a build reads it. The same seed gives the same inputs. Exit status 0 if all held.
"""

from __future__ import annotations

import argparse
import bz2
import faulthandler
import gzip
import lzma
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import zstandard

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipelines.readers import REASONS, Post, Source, list_seeds, read_seed
from tests.readers.samples import every_format, seven_zipped, zipped

LIMIT_SECONDS = 10
BATCH = 250
WORDS = (
    b"\0",
    b"\xff",
    b"\xfe\xff",
    b"<",
    b">",
    b"&",
    b"&x;",
    b"&#0;",
    b"&#xD800;",
    b'"',
    b"'",
    b"\r",
    b"\n",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"Upvote:",
    b"Upvote:9999999999999999999999",
    b"\nUpvote:x\n",
    b"<row ",
    b"/>",
    b"]]>",
    b"<!--",
    b"-->",
    b"<!DOCTYPE x [",
    b'<!ENTITY a "b">',
    b"\\ud800",
    b"1e999",
    b"-",
    b",",
    b"\t",
    b"\xc3",
    b"\xe2\x80",
    b"%PDF-",
    b"PK\x03\x04",
    b"../",
    b"\xf0\x9f\x98\x80",
)


def mutate(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """The data with one to some changes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8, 30))):
        at = rng.randrange(len(out) + 1)
        kind = rng.randrange(9)
        if kind == 0 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif kind == 1 and out:
            out[at % len(out)] = rng.randrange(256)
        elif kind == 2:
            del out[at : at + rng.randrange(1, 40)]
        elif kind == 3:
            out[at:at] = rng.choice(WORDS)
        elif kind == 4:
            del out[at:]
        elif kind == 5:
            end = at + rng.randrange(1, 200)
            out[at:at] = out[at:end] * rng.randrange(1, 4)
        elif kind == 6:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            out[at:at] = other[start : start + rng.randrange(1, 300)]
        elif kind == 7:
            out[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 20)))
        else:
            end = min(len(out), at + rng.randrange(1, 30))
            out[at:end] = bytes(reversed(out[at:end]))
    return bytes(out)


def repack(rng: random.Random, name: str, content: bytes) -> tuple[str, bytes]:
    """A changed file inside sound packing."""
    kind = rng.randrange(6)
    if kind == 0:
        return f"{name}.gz", gzip.compress(content, mtime=0)
    if kind == 1:
        return f"{name}.bz2", bz2.compress(content)
    if kind == 2:
        return f"{name}.xz", lzma.compress(content)
    if kind == 3:
        return f"{name}.zst", zstandard.compress(content)
    if kind == 4:
        return "pack.zip", zipped({name: content, f"../{name}": content, "inner.zip": zipped({name: content})})
    return "pack.7z", seven_zipped(
        {name: content or b" ", "Users.xml": b"<users>"}, method=rng.choice(("lzma", "lzma2", "bzip2", "copy"))
    )


def make_input(seed: int, samples: dict[str, bytes]) -> tuple[str, bytes]:
    """Name and bytes of one broken seed file."""
    rng = random.Random(seed)
    names, others = list(samples), list(samples.values())
    name = names[seed % len(names)]
    data = mutate(rng, samples[name], others)
    return repack(rng, name, data) if rng.random() < 0.15 else (name, data)


def faults(source: Source, records: list[object]) -> list[str]:
    """What does not hold for one source."""
    posts = [record for record in records if isinstance(record, Post)]
    found = []
    if not records and source.format not in ("stackexchange", "settings"):
        found.append("neither posts nor refusals")
    if source.refused and (len(posts) or len(records) != 1):
        found.append("refused as a whole, and yet read")
    keys = [post.key for post in posts]
    if len(set(keys)) != len(keys):
        found.append("keys come twice")
    for post in posts:
        try:
            for value in (post.text, post.title, post.author, post.tags, post.url, post.locator, post.key):
                (value or "").encode()
        except UnicodeEncodeError:
            found.append("a lone surrogate in a post")
        if not post.text.strip():
            found.append("an empty post")
        if post.score is not None and abs(post.score) >= 1 << 63:
            found.append("a score beyond 64 bits")
        if not post.parent_path and not {post.parent_key, post.thread_key} - {""} <= set(keys):
            found.append(f"parent {post.parent_key!r} or thread {post.thread_key!r} of no post")
        if any(not 0 <= hint.start < hint.end <= len(post.text) for hint in post.hints):
            found.append("a hint outside the text")
    for record in records:
        if not isinstance(record, Post) and (record.reason not in REASONS or len(record.payload) > 1 << 20):  # type: ignore[attr-defined]
            found.append("a refusal of no documented reason, or with too large a payload")
    if len(source.sha256) != 64:
        found.append("no sha256")
    return found


def check(folder: Path) -> list[str]:
    """Reads a folder of seeds; what went wrong."""
    seeds = list_seeds(folder)
    found, read = [], set()
    for path in seeds:
        for source in read_seed(folder, path, seeds):
            records = list(source.records())
            read.add(source.path)
            found += [f"{source.path}: {fault}" for fault in faults(source, records)]
    lost = [path for path in seeds if not any(one == path or one.startswith(f"{path}!") for one in read)]
    return found + [f"{path}: no source" for path in lost]


def run_batch(first: int, last: int) -> tuple[list[str], Counter[str], float, int]:
    """Inputs `first` to `last`; messages, formats, the slowest input's seconds, peak memory in MB."""
    samples = every_format()
    companions = {name: samples[name] for name in ("Posts.xml", "Users.xml", "variorum.toml")}
    messages, formats, slowest = list[str](), Counter[str](), 0.0
    for seed in range(first, last):
        name, data = make_input(seed, samples)
        formats[name.rpartition(".")[2]] += 1
        with tempfile.TemporaryDirectory() as place:
            for other, content in (companions if seed % 3 == 0 else {}).items():
                (Path(place) / other).write_bytes(content)
            (Path(place) / name).write_bytes(data)
            faulthandler.dump_traceback_later(6 * LIMIT_SECONDS, exit=True)
            start = time.monotonic()
            try:
                messages += [f"input {seed} ({name}): {fault}" for fault in check(Path(place))]
            except Exception as error:  # whatever it is, it is a finding
                messages.append(f"input {seed} ({name}): {type(error).__name__}: {error}")
            faulthandler.cancel_dump_traceback_later()
            took = time.monotonic() - start
            slowest = max(slowest, took)
            if took > LIMIT_SECONDS:
                messages.append(f"input {seed} ({name}): took {took:.1f} s")
    return messages, formats, slowest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(count: int, seed: int, workers: int = 1) -> list[str]:
    """All inputs, in worker processes so that a crash is a finding too."""
    messages, formats, slowest, peak = list[str](), Counter[str](), 0.0, 0
    for first in range(seed, seed + count, BATCH * workers):
        lasts = [
            (at, min(at + BATCH, seed + count))
            for at in range(first, min(first + BATCH * workers, seed + count), BATCH)
        ]
        with ProcessPoolExecutor(workers) as pool:
            futures = [(pool.submit(run_batch, *both), both) for both in lasts]
            for future, both in futures:
                try:
                    found, kinds, took, memory = future.result()
                except BrokenProcessPool:
                    messages.append(f"inputs {both[0]} to {both[1]}: the process died")
                    continue
                messages += found
                formats.update(kinds)
                slowest, peak = max(slowest, took), max(peak, memory)
    print(f"{sum(formats.values())} inputs, {len(messages)} findings, slowest {slowest:.2f} s, peak {peak} MB")
    print(", ".join(f"{name} {n}" for name, n in sorted(formats.items())))
    return messages


def main() -> int:
    """Runs, and prints what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1956)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    messages = run(given.count, given.seed, given.workers)
    print("\n".join(messages[:50]))
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
