"""Look for bytes everywhere at once: places are named bytes, what they compress is unfolded, `grep` reads it all."""

import bisect
import re
import struct
import subprocess
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MOST_UNFOLDED = 8_000_000  # bytes of one stream
_FIRST = 65_536  # enough to see that most of what looks like a stream is none
_STARTS = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04")
_ZEROS = re.compile(rb"\0{64,}")
# `grep` reads lines: an end of line within a value, or a zero, would cut it. Both sides are changed alike.
_AS_TEXT = bytes.maketrans(b"\n\0", b"\x0b\x01")


@dataclass
class Findings:
    """How many times each kind was seen in each place, and in which shapes; `examined` are the bytes read."""

    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    shapes: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    examined: Counter[str] = field(default_factory=Counter)

    def kinds(self) -> set[str]:
        return {kind for _place, kind in self.hits}

    def places(self, kind: str) -> set[str]:
        return {place for place, found in self.hits if found == kind}

    def since(self, before: "Findings") -> dict[tuple[str, str], str]:
        """What was not there before: place and kind, with how many times and how."""
        return {
            key: f"{count - before.hits[key]} × {', '.join(sorted(self.shapes[key]))}"
            for key, count in sorted(self.hits.items())
            if count > before.hits[key]
        }


def scan(places: Iterable[tuple[str, bytes]], needles: Mapping[bytes, tuple[str, str]]) -> Findings:
    """Read every place, and what it holds compressed, for every needle."""
    findings, known = Findings(), {needle.translate(_AS_TEXT): told for needle, told in needles.items()}
    names: list[str] = []
    starts: list[int] = []
    with tempfile.TemporaryDirectory(prefix="oz-scan-") as folder:
        wanted, everything = Path(folder, "wanted"), Path(folder, "everything")
        wanted.write_bytes(b"\n".join(known))
        with everything.open("wb") as heap:
            for name, content in _unfolded(places):
                findings.examined[name] += len(content)
                names.append(name)
                starts.append(heap.tell())
                heap.write(_ZEROS.sub(b"\0" * 16, content).translate(_AS_TEXT) + b"\n")
        for offset, seen in _grep(wanted, everything):
            key = (names[bisect.bisect_right(starts, offset) - 1], known[seen][0])
            findings.hits[key] += 1
            findings.shapes.setdefault(key, set()).add(known[seen][1])
    return findings


def _grep(wanted: Path, everything: Path) -> Iterator[tuple[int, bytes]]:
    done = subprocess.run(
        ["grep", "-aobF", "-f", str(wanted), str(everything)],
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        capture_output=True,
    )
    assert done.returncode in (0, 1), done.stderr
    for line in done.stdout.split(b"\n")[:-1]:
        offset, _colon, seen = line.partition(b":")
        yield int(offset), seen


def _unfolded(places: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, content in places:
        yield name, content
        for inner in unfold(content):
            yield name, inner
            yield from ((name, deeper) for deeper in unfold(inner))


def unfold(content: bytes) -> Iterator[bytes]:
    """What is compressed within: gzip, zlib (the chunks of a PNG too), the members of a zip."""
    for start in _STARTS.finditer(content):
        if found := _inflated(content, start.start(), start.group()):
            yield found


def _inflated(content: bytes, start: int, magic: bytes) -> bytes:
    bits = 31 if magic[0] == 0x1F else 15
    if magic == b"PK\x03\x04":
        name, extra = struct.unpack_from("<HH", content.ljust(start + 30, b"\0"), start + 26)
        start, bits = start + 30 + name + extra, -15
    stream = zlib.decompressobj(bits)
    try:
        found = stream.decompress(content[start : start + _FIRST])
        if not stream.eof and len(content) > start + _FIRST:
            found += stream.decompress(content[start + _FIRST : start + MOST_UNFOLDED], MOST_UNFOLDED)
    except zlib.error:
        return b""
    return found if len(found) >= 8 else b""


def files_of(folder: Path, keep: Callable[[Path], bool] = lambda path: True) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder, by its path there; its name is read like its content."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and keep(path):
            name = str(path.relative_to(folder))
            try:
                yield name, name.encode() + b"\n" + path.read_bytes()
            except FileNotFoundError:  # gone since the list was made
                continue
