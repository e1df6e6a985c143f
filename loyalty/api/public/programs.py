"""A store's program, for its enrolment page."""

from rest_framework.request import Request
from rest_framework.response import Response

from loyalty import selectors
from loyalty.api.documentation import documented
from loyalty.api.public.base import TAGS, PublicStoreView
from loyalty.errors import ProgramNotFound
from loyalty.outputs import program as shown


class PublicProgram(PublicStoreView):
    """What the enrolment page shows."""

    @documented(
        "A store's program",
        scope=None,
        answers={200: shown.PublicProgram},
        refusals=[ProgramNotFound],
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        program = selectors.program_of(self.store.merchant_id)
        if not program.is_active:
            raise ProgramNotFound()
        return Response(shown.public_program(program, self.store))
