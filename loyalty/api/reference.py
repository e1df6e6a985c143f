"""The API described: the OpenAPI document, and a reference to read and try (Swagger UI from the sidecar)."""

from functools import cache
from typing import Any, ClassVar

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

NOBODY: list[type[BaseAuthentication]] = []


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, made once per process: it is the same for everybody."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


class Schema(SpectacularAPIView):
    """OpenAPI 3, as JSON or YAML."""

    authentication_classes = NOBODY
    metadata_class = None
    renderer_classes: ClassVar[list[Any]] = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(document(), headers={"Cache-Control": "public, max-age=300"})


class Reference(SpectacularSwaggerSplitView):
    """The document as a page: its script has an address of its own, so that nothing stands inline."""

    authentication_classes = NOBODY
    metadata_class = None
    url_name = "api-schema"
    template_name = "api/reference.html"
