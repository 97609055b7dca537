"""Many similar pieces of HTML as one small blob.

Neighbouring frames share most of their lines (axes, ticks, glyphs). The blob holds every distinct line once,
and each frame as runs of line numbers; then gzip. Its compressor looks back only 32 kB, so it cannot find
by itself what frames have in common. `player.js` holds the twin of `unpack`.
"""

import base64
import gzip
import json


def pack(frames: list[str]) -> str:
    """Base64 text of the gzipped frames; the same frames give the same text."""
    numbers: dict[str, int] = {}
    runs = []
    for frame in frames:
        run: list[int] = []  # start, length, start, length, …
        for line in frame.split("\n"):
            n = numbers.setdefault(line, len(numbers))
            if run and n == run[-2] + run[-1]:
                run[-1] += 1
            else:
                run += [n, 1]
        runs.append(run)
    text = json.dumps(
        {"lines": list(numbers), "frames": runs},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def unpack(blob: str) -> list[str]:
    """The frames that `pack` was given."""
    data = json.loads(gzip.decompress(base64.b64decode(blob)))
    lines = data["lines"]
    return [
        "\n".join(
            line
            for start, length in zip(run[::2], run[1::2], strict=True)
            for line in lines[start : start + length]
        )
        for run in data["frames"]
    ]


def size(blob: str) -> int:
    """Compressed bytes of a payload, before base64 (which the server's compression takes back)."""
    return len(base64.b64decode(blob))
