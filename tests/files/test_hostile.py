"""Hostile files: each is published clean, or refused in French. Nothing of them is executed, kept or trusted."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ozeli.core.errors import Refused
from ozeli.files import storage
from ozeli.files.enums import State
from ozeli.files.models import StoredFile

from . import hostile_documents, hostile_images
from .conftest import drawn
from .hostile_images import CANARY, exif, palette, sixteen_bits

IMAGES, DOCUMENTS = hostile_images.CLEANED, hostile_documents.CLEANED
REFUSED = {**hostile_images.REFUSED, **hostile_documents.REFUSED}
HEAVY = re.compile("bomb|huge|many|mega|long|nested|noise")
FRENCH = ("fichier", "image", "photo", "PDF")
ACTIVE = {
    "/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/EmbeddedFile", "/EmbeddedFiles", "/EF",
    "/XFA", "/SubmitForm", "/GoToR", "/GoToE", "/Movie", "/RichMedia", "/Rendition", "/Sound", "/3D",
    "/Metadata", "/Info", "/PieceInfo", "/Collection",
}  # fmt: skip
# A worker that inspects all the files of a folder, and tells its memory at its highest, in KB.
WORKER = """
import resource, sys, tempfile
from pathlib import Path
from ozeli.files.inspection.sandbox import inspect
from ozeli.files.signatures import media_type
peak = lambda: int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
before = peak()
for path in sorted(Path(sys.argv[1]).iterdir()):
    inspect(media_type(path.read_bytes()[:512]) or "image/png", path, Path(tempfile.mkdtemp(dir=sys.argv[2])))
print(before, peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def parts(file: StoredFile) -> dict[str, bytes]:
    """All the bytes kept of a file."""
    names = storage.disk().listdir(file.folder)[1]
    held = {}
    for name in names:
        with storage.opened(file.folder, name) as content:
            held[name] = content.read()
    return held


def test_there_are_enough_of_them() -> None:
    assert len(IMAGES) + len(DOCUMENTS) + len(REFUSED) + len(hostile_images.AT_THE_DOOR) >= 60


@pytest.mark.parametrize("name", IMAGES)
def test_image_is_published_clean(name, join):
    file = join(IMAGES[name])
    assert file.state == State.PUBLISHED, file.reason
    held = parts(file)
    assert len(held) >= 3
    for content in held.values():
        assert CANARY not in content
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            assert not image.getexif()
            assert not set(image.info) & {
                "exif",
                "xmp",
                "icc_profile",
                "comment",
                "Comment",
                "photoshop",
                "Author",
            }
            assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_published_without_anything_that_acts(name, join):
    file = join(DOCUMENTS[name], "note.pdf")
    assert file.state == State.PUBLISHED, file.reason
    content = parts(file)["main"]
    assert list(parts(file)) == ["main"]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) >= 1
        assert "/Info" not in pdf.trailer
        bare = io.BytesIO()
        pdf.save(bare, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for held in (content, bare.getvalue()):
        assert CANARY not in held
        words = set(held.replace(b"\n", b" ").replace(b">", b" ").replace(b"[", b" ").split())
        assert not words & {name.encode() for name in ACTIVE}


@pytest.mark.parametrize("name", REFUSED)
def test_file_is_refused_in_french_and_not_kept(name, join):
    file = join(REFUSED[name])
    assert file.state == State.REFUSED
    assert any(word in file.reason for word in FRENCH)
    assert file.reason.endswith(".")
    assert file.folder == ""


@pytest.mark.parametrize("name", hostile_images.AT_THE_DOOR)
@pytest.mark.parametrize("called", ["photo.png", "note.pdf"])
def test_file_is_refused_at_the_door_whatever_its_name(name, called, join):
    with pytest.raises(Refused) as refusal:
        join(hostile_images.AT_THE_DOOR[name], called)
    assert any(word in str(refusal.value) for word in FRENCH)
    assert not StoredFile.objects.exists()


def test_safe_links_stay(join):
    """What we remove is what acts: an address of the web is only an address."""
    link, action = hostile_documents.link, hostile_documents.action
    address = pikepdf.String("https://www.ameli.fr/")
    file = join(hostile_documents.annotated(link(action("URI", URI=address))), "note.pdf")
    with pikepdf.open(io.BytesIO(parts(file)["main"])) as pdf:
        assert str(pdf.pages[0].Annots[0].A.URI) == "https://www.ameli.fr/"
        assert b"Bonjour" in pdf.pages[0].Contents.read_bytes()


# --- the picture is still the picture ---------------------------------------------------------------------------


def opened(file: StoredFile) -> Image.Image:
    image = Image.open(io.BytesIO(parts(file)["main"]))
    image.load()
    return image


def test_image_is_turned_upright(join):
    held = io.BytesIO()
    image = Image.new("RGB", (200, 100), "white")
    image.paste("red", (0, 0, 40, 100))  # a red band on the left, which the camera held turned to the right
    image.save(held, "JPEG", quality=95, exif=exif(orientation=6))
    file = join(held.getvalue())

    assert (file.width, file.height) == (100, 200)
    red, green, _blue = opened(file).convert("RGB").getpixel((50, 10))
    assert red > 200
    assert green < 80


@pytest.mark.parametrize("orientation", range(1, 9))
def test_image_is_upright_for_every_orientation(join, orientation):
    """As Pillow's own reading of EXIF has it."""
    from PIL import ImageOps

    held = io.BytesIO()
    image = Image.new("RGB", (80, 40), "white")
    image.paste("red", (0, 0, 20, 20))
    image.save(held, "PNG", exif=exif(orientation))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(held.getvalue()))).convert("RGB")
    assert opened(join(held.getvalue())).convert("RGB").tobytes() == expected.tobytes()


def test_sixteen_bits_keep_their_light(join):
    assert abs(opened(join(sixteen_bits())).convert("L").getpixel((5, 5)) - 40_000 // 256) <= 1


def test_transparency_stays(join):
    assert opened(join(palette())).convert("RGBA").getpixel((5, 5))[3] == 0


def test_large_image_is_brought_to_a_useful_size(join):
    file = join(drawn("JPEG", size=(5000, 2500)))
    assert (file.width, file.height) == (2560, 1280)


# --- memory -----------------------------------------------------------------------------------------------------


def test_memory_of_the_worker_does_not_grow(tmp_path):
    """The heaviest hostile files, and a true image of 39 megapixels, in one process: it grows by less than 200 MB."""
    sources, made = tmp_path / "sources", tmp_path / "made"
    sources.mkdir(), made.mkdir()
    heavy = {name: content for name, content in {**IMAGES, **REFUSED}.items() if HEAVY.search(name)}
    for name, content in {**heavy, "large": drawn(size=(7800, 5000), mode="RGBA")}.items():
        (sources / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(sources), str(made)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    before, after, child = (int(word) / 1000 for word in done.stdout.split())
    print(f"worker {before:.0f} → {after:.0f} MB, largest inspection {child:.0f} MB")
    assert after - before < 200
    assert child < 1000
