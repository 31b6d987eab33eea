"""Files that people send, made here: good ones, and those that only look good."""

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from events.uploads import KINDS

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstream\n\x00/JS\xff\nendstream\ntrailer\n<< >>\n%%EOF\n"
CANARY = "canary-camera-4711"
MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}


def sent(content, name="file.bin", content_type="application/octet-stream"):
    """As a browser sends it."""
    return SimpleUploadedFile(name, content, content_type=content_type)


def packed(parts, **more):
    """A ZIP archive of these (name, content)."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", **more) as package:
        for name, content in parts:
            package.writestr(name, content)
    return written.getvalue()


def types(kind, *, more="", main=None):
    """[Content_Types].xml of an Office file."""
    part, _name = MAIN[kind]
    main = main or f"{KINDS[kind]}.main+xml"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>{more}'
        f'<Override PartName="/{part}" ContentType="{main}"/></Types>'
    )


def office(kind="pptx", *, parts=(), listed=None, **more):
    """A small file that Office would take."""
    part, _name = MAIN[kind]
    return packed([("[Content_Types].xml", listed or types(kind)), (part, "<x/>"), *parts], **more)


def odf(kind="odp", *, parts=(), mimetype=None):
    """A small OpenDocument file."""
    mimetype = KINDS[kind] if mimetype is None else mimetype
    return packed([("mimetype", mimetype), ("content.xml", "<x/>"), ("META-INF/manifest.xml", "<x/>"), *parts])


def picture(kind="jpg", size=(40, 20), *, turned=False, mode="RGB"):
    """A picture with a place, a camera and a comment in it; red on the left, blue on the right."""
    drawn = Image.new(mode, size, "red")
    drawn.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[0x010F] = CANARY
    exif[0x0112] = 6 if turned else 1
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 19.0, 30.0), 3: "E", 4: (19.0, 49.0, 12.0), 29: CANARY})
    written = io.BytesIO()
    more: dict[str, Any] = {"exif": exif}
    if kind == "jpg":
        more |= {"comment": CANARY.encode(), "xmp": CANARY.encode(), "quality": 95}
    if kind == "webp":
        more |= {"xmp": CANARY.encode(), "icc_profile": CANARY.encode(), "lossless": True}
    if kind == "png":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", CANARY)
        notes.add_itxt("XML:com.adobe.xmp", CANARY)
        more |= {"pnginfo": notes}
    drawn.save(written, {"jpg": "JPEG"}.get(kind, kind.upper()), **more)
    return written.getvalue() + (b"PK\x03\x04 <script>" + CANARY.encode())


GOOD = {
    "pdf": PDF,
    **{kind: office(kind) for kind in MAIN},
    **{kind: odf(kind) for kind in ("odt", "ods", "odp")},
    **{kind: picture(kind) for kind in ("jpg", "png", "webp")},
    "txt": "Žuta knjiga\nЉубав\n".encode(),
}
