"""Pictures from MEDIA_ROOT: goods' photos and Wagtail's renditions, never originals or documents."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

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
    """A picture's name changes with its content, so browsers may keep it for a year."""
    try:
        path = Path(safe_join(settings.MEDIA_ROOT, schema, folder, name))
        file = path.open("rb")
    except (SuspiciousFileOperation, OSError, ValueError) as nothing:
        raise Http404 from nothing
    response = FileResponse(file, content_type=TYPES[path.suffix.lower()])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
