"""Papers for brand cases: small, sound, and each another, for a file may lie in a case once."""

import io
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

_numbers = count(1)


def jpeg(name="licence.jpg", words=""):
    """A picture that is no other test's: its number is drawn on it."""
    number = next(_numbers)
    picture = Image.new("RGB", (240, 160), ((number * 37) % 256, (number * 91) % 256, 200))
    ImageDraw.Draw(picture).text((10, 10), f"{words} {number}", fill="black")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def pdf(name="notice.pdf"):
    import pikepdf

    made = pikepdf.new()
    made.add_blank_page(page_size=(400 + next(_numbers), 500))
    buffer = io.BytesIO()
    made.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue(), "application/pdf")
