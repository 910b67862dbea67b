"""Names and types: what they say, never what they do."""

import pytest

from ozeli.files.names import clean_name
from ozeli.files.signatures import JPEG, PDF, PNG

from .conftest import drawn
from .hostile_documents import plain


@pytest.mark.parametrize(
    ("given", "media_type", "kept"),
    [
        ("photo.png", PNG, "photo.png"),
        ("../../../etc/passwd", PNG, "passwd.png"),
        ("..\\..\\Windows\\win.ini", PDF, "win.pdf"),
        ("note\0.pdf.exe", PDF, "note.pdf"),
        ("facture\u202efdp.exe", PDF, "facturefdp.pdf"),
        ("photo.php.jpg", JPEG, "photo.php.jpg"),
        ("photo.jpg.php", JPEG, "photo.jpg"),
        ("shell.php%00.png", PNG, "shell.php%00.png"),
        ("é" * 300 + ".png", PNG, "é" * 96 + ".png"),
        ("", PNG, "fichier.png"),
        (".htaccess", PNG, "htaccess.png"),
        ("...", PDF, "fichier.pdf"),
        ("CON.pdf", PDF, "fichier-CON.pdf"),
        ('a"b<c>:d|e?.png', PNG, "a_b_c_d_e.png"),
        ("ligne\r\nSet-Cookie: x.png", PNG, "ligneSet-Cookie_ x.png"),
        ("Compte rendu, accueil v2.1.pdf", PDF, "Compte rendu, accueil v2.1.pdf"),
        ("e\u0301te\u0301.jpeg", JPEG, "été.jpg"),
        ("\u200b\u2066.png", PNG, "fichier.png"),
    ],
)
def test_name_says_and_does_nothing(given, media_type, kept):
    assert clean_name(given, media_type) == kept


def test_type_is_told_by_the_content(join):
    file = join(plain(), "photo.png", description="")
    assert (file.media_type, file.name) == (PDF, "photo.pdf")
    assert join(drawn("JPEG"), "note.pdf").name == "note.jpg"
