"""A look into an uploaded file, in a process of its own that may use little time and memory.

Run as ``python -m kernel.inspecting check|look|preview|sheet …`` with the file on standard input; it answers
with one line of JSON and then bytes. Decoders of pictures, PDF and spreadsheets are where hostile files do
their work, so they never run in a web process. It imports nothing of Django.
"""

import io
import json
import resource
import signal
import sys
import warnings
from typing import Any

MEMORY = 280 * 1024 * 1024
SECONDS = 1.8  # of processor time; the caller also looks at its watch
MOST_PIXELS = 60_000_000
MOST_PAGES = 300
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PDF = "application/pdf"
# How deep dictionaries may lie in one another; a page's own lie four deep.
DEEPEST = 40
ACTIVE = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/RichMediaExecute"}
)
# A sheet: one cell at its far corner makes the reader ask for 512 GB, and dies of it.
TALLEST, WIDEST = 20_000, 1_000
LONGEST_CELL = 500
EMBEDDED = ("/JavaScript", "/EmbeddedFiles")
PLAYED = frozenset({"/RichMedia", "/Screen", "/3D", "/Movie", "/Sound", "/FileAttachment"})


class Refused(Exception):
    """Its text is the code of the reason; the platform has the sentences."""


def check(data: bytes, allowed: list[str]) -> tuple[dict[str, Any], bytes]:
    """What the file is, and the bytes to keep: the picture alone, without what hides behind it."""
    if data.startswith(b"%PDF-"):
        facts, clean = _check_pdf(data)
    else:
        facts, clean = _check_picture(data, allowed)
    if facts["content_type"] not in allowed:
        raise Refused("kind")
    return facts, clean


def look(data: bytes, allowed: list[str]) -> tuple[dict[str, Any], bytes]:
    """What a picture is, read to its end; nothing is written anew."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture, kind = _opened(data, allowed)
        picture.load()
    return {"content_type": PICTURES[kind], "width": picture.width, "height": picture.height}, b""


def _opened(data: bytes, allowed: list[str]) -> tuple[Any, str]:
    """The picture, unread, and its kind; some phones' JPEG carries a second picture (MPO): it is left out."""
    from PIL import Image

    kinds = [kind for kind, content_type in PICTURES.items() if content_type in allowed]
    picture = Image.open(io.BytesIO(data), formats=kinds or list(PICTURES))
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused("pixels")
    return picture, "JPEG" if picture.format == "MPO" else str(picture.format)


def _check_picture(data: bytes, allowed: list[str]) -> tuple[dict[str, Any], bytes]:
    from PIL import ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture, kind = _opened(data, allowed)
        facts = {"content_type": PICTURES[kind], "pages": 1}
        upright = ImageOps.exif_transpose(picture)
        facts["width"], facts["height"] = upright.size
        return facts, _written_anew(upright, kind, turned=upright is not picture and picture.getexif().get(274, 1) != 1)


def _written_anew(picture: Any, kind: str, *, turned: bool) -> bytes:
    """Pixels and colours only: no position, no phone model, no second file behind the first."""
    buffer = io.BytesIO()
    colours = {"icc_profile": picture.info["icc_profile"]} if picture.info.get("icc_profile") else {}
    density = {"dpi": picture.info["dpi"]} if picture.info.get("dpi") else {}
    if kind in {"PNG", "WEBP"}:
        picture.save(buffer, kind, **colours, **density)
    elif turned or picture.mode not in {"L", "RGB", "CMYK"} or getattr(picture, "format", "") != "JPEG":
        picture.convert("RGB").save(buffer, "JPEG", quality=92, comment=b"", **colours, **density)
    else:
        picture.save(buffer, "JPEG", quality="keep", exif=b"", comment=b"", **colours, **density)
    return buffer.getvalue()


def _check_pdf(data: bytes) -> tuple[dict[str, Any], bytes]:
    import pikepdf

    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as locked:
        raise Refused("locked") from locked
    with pdf:
        if pdf.is_encrypted:
            raise Refused("locked")
        if not 0 < len(pdf.pages) <= MOST_PAGES:
            raise Refused("pages")
        if _is_active(pdf):
            raise Refused("active")
        facts = {"content_type": PDF, "pages": len(pdf.pages)}
        end = data.rfind(b"%%EOF")
        if end < 0:
            raise Refused("broken")  # cut off: what the reader would save of it is not the whole paper
        if not data[end + len(b"%%EOF") :].strip(b"\r\n\t \x00"):
            return facts, data  # as it came: a signed notice keeps its signature
        buffer = io.BytesIO()
        pdf.save(buffer)
        return facts, buffer.getvalue()


def _is_active(pdf: Any) -> bool:
    """Does anything in it run, open, send or carry another file?"""
    import pikepdf

    names = pdf.Root.get("/Names", {})
    if "/AA" in pdf.Root or any(name in names for name in EMBEDDED) or "/XFA" in pdf.Root.get("/AcroForm", {}):
        return True
    for thing in pdf.objects:
        found = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        if isinstance(found, pikepdf.Dictionary | pikepdf.Array) and _is_active_within(found, DEEPEST):
            return True
    return False


def _is_active_within(found: Any, deeper: int) -> bool:
    """Also what is written directly inside: an action may hang behind a harmless one."""
    import pikepdf

    if deeper == 0:
        return True
    if isinstance(found, pikepdf.Dictionary):
        if _is_active_dictionary(found):
            return True
        inside = [found[name] for name in found.keys()]  # noqa: SIM118 — iterating gives no keys here
    else:
        inside = list(found)
    held = (one for one in inside if isinstance(one, pikepdf.Dictionary | pikepdf.Array) and not one.is_indirect)
    return any(_is_active_within(one, deeper - 1) for one in held)


def _is_active_dictionary(found: Any) -> bool:
    if str(found.get("/S", "")) in ACTIVE or str(found.get("/Subtype", "")) in PLAYED:
        return True
    if "/JS" in found or "/EF" in found or str(found.get("/Type", "")) == "/EmbeddedFile":
        return True
    return str(found.get("/URI", "")).strip().lower().startswith(("javascript:", "file:"))


def preview(data: bytes, side: int) -> tuple[dict[str, Any], bytes]:
    """The first page, or the picture, as a PNG no longer than ``side`` pixels."""
    from PIL import Image

    if data.startswith(b"%PDF-"):
        import pypdfium2

        document = pypdfium2.PdfDocument(data)
        page = document[0]
        width, height = page.get_size()
        picture = page.render(scale=min(side / max(width, height, 1.0), 4.0), may_draw_forms=False).to_pil()
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=list(PICTURES))
            picture.draft("RGB", (side, side))  # a JPEG is read at the size that is wanted
            if picture.mode not in {"L", "RGB"}:
                picture = picture.convert("RGBA" if "A" in picture.getbands() or picture.mode == "P" else "RGB")
    picture.thumbnail((side, side))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return {"content_type": "image/png", "width": picture.width, "height": picture.height}, buffer.getvalue()


def sheet(data: bytes, most: int) -> tuple[dict[str, Any], bytes]:
    """The first sheet as JSON: up to ``most`` rows that hold anything, each with its number and its cells as texts."""
    from python_calamine import CalamineWorkbook

    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    if found.height > TALLEST or found.width > WIDEST:
        raise Refused("far")
    before = [""] * (found.start[1] if found.start else 0)  # rows come without the empty columns on the left
    rows: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(found.iter_rows(), start=1):
        texts = [_cell(value) for value in cells]
        if any(texts):
            rows.append((number, before + texts))
        if len(rows) == most:
            break
    return {}, json.dumps(rows).encode()


def _cell(value: Any) -> str:
    """A number without its ".0": codes and phones are texts. What is longer fits no column and is cut."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\x00", "").strip()[:LONGEST_CELL]


def main(arguments: list[str]) -> int:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # its signal ends a process that does not ask for it
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS) + 2, int(SECONDS) + 3))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        if arguments[0] == "check":
            facts, clean = check(data, arguments[1].split(","))
        elif arguments[0] == "look":
            facts, clean = look(data, arguments[1].split(","))
        elif arguments[0] == "sheet":
            facts, clean = sheet(data, int(arguments[1]))
        else:
            facts, clean = preview(data, int(arguments[1]))
    except Refused as refusal:
        return _answer({"refused": str(refusal)})
    except MemoryError:
        return _answer({"refused": "heavy"})
    except Exception as broken:
        return _answer({"refused": "broken", "why": type(broken).__name__})
    return _answer(facts, clean)


def _answer(facts: dict[str, Any], data: bytes = b"") -> int:
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + data)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
