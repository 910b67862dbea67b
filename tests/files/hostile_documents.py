"""Hostile and odd PDF, made for the occasion. `CANARY` must not survive."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from .conftest import drawn
from .hostile_images import CANARY, WORD, exif


def plain(**how: Any) -> bytes:
    return made(lambda pdf: None, **how)


def made(change: Callable[[pikepdf.Pdf], None], **how: Any) -> bytes:
    """A PDF of one page that says something, changed."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(300, 200))
        page = pdf.pages[0]
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        page.Contents = pdf.make_stream(b"BT /F1 24 Tf 40 100 Td (Bonjour) Tj ET")
        change(pdf)
        held = io.BytesIO()
        pdf.save(held, **how)
    return held.getvalue()


def script(**more: Any) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String(f"app.alert('{WORD}')"), **more)


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name("/" + kind), **more)


def link(act: Dictionary, subtype: str = "Link", **more: Any) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), Rect=Array([0, 0, 50, 50]), A=act, **more)


def annotated(*annotations: Dictionary) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots = Array([pdf.make_indirect(one) for one in annotations])

    return made(change)


def rooted(**entries: Any) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        for name, value in entries.items():
            pdf.Root[f"/{name}"] = value(pdf) if callable(value) else value

    return made(change)


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["virus.exe"] = pikepdf.AttachedFileSpec(pdf, CANARY, filename="virus.exe")
    held = pdf.make_stream(CANARY, Type=Name.EmbeddedFile)
    seen = Dictionary(Type=Name.Filespec, F=String("v.exe"), EF=Dictionary(F=held))
    pdf.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=seen)]
    )


def told(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Author"] = pdf.docinfo["/Title"] = WORD
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [WORD]
    pdf.pages[0].PieceInfo = Dictionary(App=Dictionary(Private=String(WORD)))


def photographed(pdf: pikepdf.Pdf) -> None:
    photo = pdf.make_stream(drawn("JPEG", exif=exif(), comment=CANARY))
    photo.update({"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 320, "/Height": 200})
    photo.update({"/ColorSpace": Name.DeviceRGB, "/BitsPerComponent": 8})
    photo.Filter = Name.DCTDecode
    pdf.pages[0].Resources.XObject = Dictionary(Im0=photo)
    pdf.pages[0].Contents = pdf.make_stream(b"q 300 0 0 200 0 0 cm /Im0 Do Q")


def field(pdf: pikepdf.Pdf) -> Dictionary:
    box = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("nom"), Rect=Array([0, 0, 90, 20])
    )
    box.AA = Dictionary(K=script(), F=script())
    box.A = action("SubmitForm", F=String(f"http://{WORD}.example/"))
    kept = pdf.make_indirect(box)
    pdf.pages[0].Annots = Array([kept])
    return Dictionary(
        Fields=Array([kept]), CO=Array([kept]), XFA=Array([String("x"), pdf.make_stream(CANARY)])
    )


def nested(pdf: pikepdf.Pdf) -> None:
    held = Dictionary(End=script())
    for _time in range(200):
        held = Dictionary(In=held)
    pdf.Root.Deep = held


def scripts_by_name(pdf: pikepdf.Pdf) -> Dictionary:
    tree = Dictionary(Names=Array([String("a"), pdf.make_indirect(script())]))
    return Dictionary(JavaScript=tree, Dests=Dictionary(Names=Array([])))


def chained() -> bytes:
    """An innocent action, followed by others."""
    first = action("GoTo", D=Array([0, Name.Fit]), Next=Array([script(), action("Launch", F=String(WORD))]))
    return rooted(OpenAction=first) + b""


def in_outline(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Ici", 0))
    pdf.Root.Outlines.First.A = script()


def raw(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF written by hand."""
    held, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(held))
        held += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(held)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    held += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return held + b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (count, trailer, start)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = (CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")

# Published with their page, without anything that acts and without the canary.
CLEANED = {
    "pdf_script_at_opening": rooted(OpenAction=script()),
    "pdf_scripts_by_name": rooted(Names=scripts_by_name),
    "pdf_triggers": rooted(AA=Dictionary(WC=script(), DP=script())),
    "pdf_launch": annotated(link(action("Launch", F=String("cmd.exe"), Win=Dictionary(P=String(WORD))))),
    "pdf_attached_files": made(attached),
    "pdf_form": rooted(AcroForm=field),
    "pdf_local_addresses": annotated(
        link(action("URI", URI=String(f"file:///etc/{WORD}"))),
        link(action("URI", URI=String(f"javascript:alert('{WORD}')"))),
        link(action("URI", URI=String(f" JavaScript:{WORD}"))),
    ),
    "pdf_other_files": annotated(
        link(action("GoToR", F=String(WORD))), link(action("GoToE", T=Dictionary(N=String(WORD))))
    ),
    "pdf_media": annotated(
        link(action("Rendition", JS=String(WORD)), "Screen"),
        link(action("Movie"), "Movie", T=String(WORD)),
        link(action("RichMediaExecute"), "RichMedia", RichMediaContent=Dictionary(X=String(WORD))),
        link(action("Sound"), "Sound", Contents=String(WORD)),
        link(action("GoTo3DView"), "3D", Contents=String(WORD)),
    ),
    "pdf_chained_actions": chained(),
    "pdf_outline_script": made(in_outline),
    "pdf_who_wrote_it": made(told),
    "pdf_photo_with_place": made(photographed),
    "pdf_portfolio": rooted(Collection=Dictionary(Schema=Dictionary(A=String(WORD)))),
    "pdf_html_after_the_end": plain() + b"<script>" + CANARY + b"</script>",
    "pdf_zip_after_the_end": plain() + b"PK\x03\x04" + CANARY,
    "pdf_comment": plain().replace(b"\n", b"\n%" + CANARY + b"\n", 1),
    "pdf_older_version_within": rooted(OpenAction=script())
    + b"\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X("
    + CANARY
    + b")>>\nendobj\n",
    "pdf_xref_loop": raw(*ONE_PAGE, b"(" + CANARY + b")", trailer=b"/Root 1 0 R /Prev 9"),
    "pdf_deep_by_hand": raw(*ONE_PAGE, b"[" * 5_000 + b"]" * 5_000),
    "pdf_xref_nowhere": plain().replace(b"startxref\n", b"startxref\n99"),
}
# Refused, whatever they hold.
REFUSED = {
    "pdf_locked": plain(encryption=pikepdf.Encryption(user="secret", owner="autre")),
    "pdf_locked_for_its_owner": plain(encryption=pikepdf.Encryption(user="", owner="autre")),
    "pdf_head_only": b"%PDF-1.7\n",
    "pdf_html": b"%PDF-1.7\n<html><script>alert(1)</script></html>" + bytes(500),
    "pdf_nested": made(nested),
    "pdf_without_page": raw(CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"),
    "pdf_truncated": plain()[:120],
    "pdf_root_is_itself": raw(b"1 0 R"),
    "pdf_pages_in_a_loop": raw(
        CATALOG, b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>", ONE_PAGE[2], b"(" + CANARY + b")"
    ),
}
