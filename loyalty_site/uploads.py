"""Uploads under /media/: few, small and encoded anew by us, so that no second server is needed for them.

They are read through the storage, wherever that keeps them: no page fetches a picture from elsewhere.
"""

import mimetypes

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from loyalty.pages.customer.brand import FOR_EVER

NOT_THERE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousOperation, ValueError)


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """An upload as it is. Its name is never given twice, so that every cache may keep it for ever."""
    try:
        with default_storage.open(path) as file:
            content = file.read()
    except NOT_THERE:
        raise Http404 from None
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": FOR_EVER})
