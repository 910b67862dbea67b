"""The images and the document of the demonstration, drawn when it is loaded: none is kept in the repository.

They are joined as a person would join them; the inspection publishes them a moment after the worker starts.
"""

import io
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ozeli.files.models import StoredFile
from ozeli.files.services import join_file
from ozeli.ideas.models import KIND, Idea

from .cast import drawn_uuid
from .writer import Rows

WIDTH, HEIGHT = 1200, 675
PAPER, INK, GREEN, CORAL, BLUE, SAND = "#fbf7ee", "#22303c", "#2f6b5e", "#d9694a", "#3b6ea5", "#e8dcc2"
WAITS = (42, 55, 48, 31, 12, 8, 14, 22, 18, 9)  # minutes, from 8 h to 17 h


def join_files(rows: Rows) -> None:
    """Three images and a document, on the ideas that they illustrate."""
    ideas = {idea.pk: idea for idea in rows.ideas}
    people = {author.idea_id: author.user for author in reversed(rows.authors)}
    for key, name, description, content in (
        ("rappel-vocal", "rappel-vocal.png", _CALL_SAYS, _png(_call)),
        ("temps-d-attente", "attente-par-heure.png", _WAITS_SAY, _png(_waits)),
        ("accueil-pictogrammes", "panneau-de-l-entree.png", _SIGNS_SAY, _png(_signs)),
        ("accueil-pictogrammes", "planche-des-pictogrammes.pdf", "", _sheet()),
    ):
        idea: Idea = ideas[drawn_uuid(f"idea {key}")]
        upload = SimpleUploadedFile(name, content)
        file = join_file(
            upload, kind=KIND, object_id=idea.pk, uploader=people[idea.pk], description=description
        )
        StoredFile.objects.filter(pk=file.pk).update(created_on=idea.deposited_on)


def _png(draw: Callable[[Any], None]) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw(ImageDraw.Draw(image))
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def _text(
    draw: Any, place: tuple[int, int], words: str, size: int, fill: str = INK, anchor: str = "mm"
) -> None:
    from PIL import ImageFont

    draw.text(place, words, fill=fill, font=ImageFont.load_default(size), anchor=anchor)


_CALL_SAYS = "Un téléphone fixe dit : « Votre rendez-vous est demain à 9 h 30. Tapez 1 pour confirmer. »"


def _call(draw: Any) -> None:
    draw.rounded_rectangle((140, 330, 460, 560), 36, fill=GREEN)
    draw.rounded_rectangle((110, 250, 490, 330), 40, fill=INK)
    for row in range(3):
        for column in range(3):
            x, y = 215 + column * 60, 375 + row * 56
            draw.rounded_rectangle((x, y, x + 44, y + 38), 8, fill=PAPER)
    for radius in (70, 120, 170):
        draw.arc((490 - radius, 220 - radius, 490 + radius, 220 + radius), 300, 40, fill=CORAL, width=14)
    draw.rounded_rectangle((680, 150, 1110, 470), 28, fill="white", outline=INK, width=4)
    draw.polygon([(682, 300), (640, 330), (682, 350)], fill="white", outline=INK)
    for line, words in enumerate(("Votre rendez-vous", "est demain, 9 h 30.", "Tapez 1", "pour confirmer.")):
        _text(draw, (895, 210 + line * 66), words, 38, GREEN if line < 2 else INK)


_WAITS_SAY = (
    "L’attente à l’accueil, heure par heure : 55 minutes à 9 h, moins de 15 minutes entre midi et 14 h."
)


def _waits(draw: Any) -> None:
    _text(draw, (80, 70), "Attente moyenne au guichet, en minutes", 36, anchor="lm")
    for place, minutes in enumerate(WAITS):
        left, top = 90 + place * 106, 560 - minutes * 7
        draw.rounded_rectangle((left, top, left + 76, 560), 8, fill=CORAL if minutes > 30 else GREEN)
        _text(draw, (left + 38, top - 26), str(minutes), 30)
        _text(draw, (left + 38, 598), f"{8 + place} h", 28)
    draw.line((70, 562, 1150, 562), fill=INK, width=4)


_SIGNS_SAY = "Panneau d’entrée : quatre dessins de couleur, famille, soins, logement et retraite."


def _signs(draw: Any) -> None:
    for place, (colour, words) in enumerate(
        ((CORAL, "Famille"), (GREEN, "Soins"), (BLUE, "Logement"), ("#8a5a9e", "Retraite"))
    ):
        x = 60 + place * 275
        draw.rounded_rectangle((x, 150, x + 250, 400), 30, fill=colour)
        _SYMBOLS[place](draw, x + 125, 275)
        _text(draw, (x + 125, 460), words, 44)
    draw.rounded_rectangle((60, 540, 1135, 600), 20, fill=SAND)
    _text(draw, (597, 570), "Suivez la couleur de votre guichet", 36)


def _family(draw: Any, x: int, y: int) -> None:
    for shift, size in ((-55, 1.0), (55, 1.0), (0, 0.7)):
        head, body = int(28 * size), int(70 * size)
        top = y + 70 - body - head
        draw.ellipse((x + shift - head, top - head, x + shift + head, top + head), fill=PAPER)
        draw.rounded_rectangle((x + shift - head, top + head + 6, x + shift + head, y + 76), 16, fill=PAPER)


def _health(draw: Any, x: int, y: int) -> None:
    draw.rounded_rectangle((x - 28, y - 85, x + 28, y + 85), 10, fill=PAPER)
    draw.rounded_rectangle((x - 85, y - 28, x + 85, y + 28), 10, fill=PAPER)


def _home(draw: Any, x: int, y: int) -> None:
    draw.polygon([(x - 95, y - 10), (x, y - 90), (x + 95, y - 10)], fill=PAPER)
    draw.rectangle((x - 68, y - 10, x + 68, y + 80), fill=PAPER)
    draw.rectangle((x - 20, y + 22, x + 20, y + 80), fill=BLUE)


def _sun(draw: Any, x: int, y: int) -> None:
    draw.ellipse((x - 48, y - 48, x + 48, y + 48), fill=PAPER)
    for across, down in ((0, 1), (1, 0), (0.7, 0.7), (0.7, -0.7)):
        for side in (-1, 1):
            start = (x + side * across * 64, y + side * down * 64)
            draw.line((*start, x + side * across * 92, y + side * down * 92), fill=PAPER, width=14)


_SYMBOLS = (_family, _health, _home, _sun)


def _sheet() -> bytes:
    """A PDF of one page, written by hand: a title and the list of the signs."""
    lines = [
        "Planche des pictogrammes",
        "",
        "Famille : corail",
        "Soins : vert",
        "Logement : bleu",
        "Retraite : violet",
    ]
    shown = b"".join(b"(%s) Tj T*\n" % line.encode("cp1252") for line in lines)
    content = b"BT /F1 24 Tf 36 TL 72 740 Td\n" + shown + b"ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(fr-FR)>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    held, table = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(held)
        held += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    end = b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(held)
    return held + b"xref\n0 6\n" + table + end
