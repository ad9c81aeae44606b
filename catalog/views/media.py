"""Pictures from MEDIA_ROOT: goods' photos and Wagtail's renditions, never originals or documents."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from catalog.serving import YEAR, keep_for

TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
}


@require_safe
def picture(request: HttpRequest, schema: str, folder: str, name: str) -> FileResponse:
    """What may still be seen, for as long as browsers may keep it."""
    try:
        path = Path(safe_join(settings.MEDIA_ROOT, schema, folder, name))
        file = path.open("rb")
    except (SuspiciousFileOperation, OSError, ValueError) as nothing:
        raise Http404 from nothing
    seconds = keep_for(schema, f"{folder}/{name}")
    if not seconds:
        file.close()
        raise Http404
    response = FileResponse(file, content_type=TYPES[path.suffix.lower()])
    kept = f"public, max-age={seconds}"
    response["Cache-Control"] = f"{kept}, immutable" if seconds == YEAR else kept
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
