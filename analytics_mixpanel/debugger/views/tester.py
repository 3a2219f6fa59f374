"""The Mapping tester: one mapping at a time, on one message, live."""

from __future__ import annotations

import json
from typing import Any, Final

from attrs import asdict
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger import tester
from analytics_mixpanel.debugger.answers import as_json
from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.lookups import Arrivals
from analytics_mixpanel.debugger.lookups.rows import first, rows
from analytics_mixpanel.debugger.tester.sending import send
from analytics_mixpanel.debugger.views.asked import in_thread, text_of
from analytics_mixpanel.debugger.views.rendering import page, part, text
from analytics_mixpanel.debugger.views.shown.advice import mend
from analytics_mixpanel.debugger.views.shown.copies import as_json as json_text
from analytics_mixpanel.debugger.views.trial import Trial, read_message
from analytics_mixpanel.errors import ConfigurationError, MappingError

_RECENT: Final = """
    SELECT m.id, m.type, m.received, coalesce(json_extract(CAST(m.body AS TEXT), '$.event'), '') AS event
    FROM messages m ORDER BY m.id DESC LIMIT 50
"""
_MESSAGE: Final = "SELECT body FROM messages WHERE id = :id"


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the addresses of the tester."""
    view = _Tester(desk)
    return [
        Route("/debugger/tester", view.show),
        Route("/debugger/tester/mappings", view.mappings),
        Route("/debugger/tester/mappings", in_thread(view.use), methods=["PUT"]),
        Route("/debugger/tester/check", in_thread(view.check), methods=["POST"]),
        Route("/debugger/tester/samples", view.samples),
        Route("/debugger/tester/sample", view.sample),
        Route("/debugger/tester/completions", in_thread(view.completions), methods=["POST"]),
        Route("/debugger/tester/preview", in_thread(view.preview), methods=["POST"]),
        Route("/debugger/tester/send", in_thread(view.send), methods=["POST"]),
    ]


class _Tester:
    """The handlers, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def show(self, request: Request) -> Response:
        """Give the page; ``?message=ID`` has it begin with a message of the live list."""
        context = {"kinds": tester.KINDS, "file": self._desk.settings.mappings}
        return page(self._desk, request, "tester.html", context)

    def mappings(self, request: Request) -> Response:
        """Give the mappings in force, or the default ones for ``?default=1``."""
        if request.query_params.get("default"):
            return as_json({"mappings": json.loads(tester.default_document())})
        return as_json({"mappings": self._desk.mappings})

    def use(self, content: dict[str, Any]) -> Response:
        """Put a document of mappings in force, and keep it in the file where there is one."""
        document = text_of(content, "document")
        checked = tester.check(document)
        if not checked.ok:
            return as_json({"problems": [asdict(each) for each in checked.problems], "count": checked.count})
        file = self._desk.settings.mappings
        try:
            self._desk.use_mappings(checked.mappings)
            if file is not None:
                tester.save(file, document)
        except (ConfigurationError, MappingError) as error:
            return as_json({"error": str(error)}, 422)
        return as_json({"problems": [], "count": checked.count, "file": file})

    def check(self, content: dict[str, Any]) -> Response:
        """Read a document that was loaded: its mappings, or what is wrong with it."""
        checked = tester.check(text_of(content, "document"))
        problems = [asdict(each) for each in checked.problems]
        return as_json({"mappings": checked.mappings, "problems": problems})

    def samples(self, _: Request) -> Response:
        """Give the newest messages of the live list, to choose one."""
        return as_json({"messages": rows(self._desk.store, _RECENT)})

    def sample(self, request: Request) -> Response:
        """Give a message as text: a generated one, or one of the live list."""
        number = request.query_params.get("message", "")
        if number.isdecimal() and len(number) < 19:
            found = first(self._desk.store, _MESSAGE, id=int(number))
            if found is None:
                return as_json({"error": "this message is kept no more"}, 404)
            return as_json({"text": json_text(found["body"])})
        kind = request.query_params.get("kind", "track")
        if kind not in tester.KINDS:
            return as_json({"error": f"there are samples of {', '.join(tester.KINDS)}"}, 404)
        return as_json({"text": json_text(tester.sample(kind))})

    def completions(self, content: dict[str, Any]) -> Response:
        """Give what the editor can offer for a message."""
        return as_json(tester.completions(read_message(text_of(content, "message"))[0]))

    def preview(self, content: dict[str, Any]) -> Response:
        """Show what a mapping makes of a message, and which mappings of the list match it."""
        trial = Trial.of(content)
        result = trial.result()
        errors = [{**error, "todo": mend(error["message"])} for error in result.errors] if result else []
        explained = {"trial": trial, "explanation": trial.explanation}
        return as_json(
            {
                "problems": [asdict(each) for each in trial.problems],
                "message_problem": asdict(trial.message_problem) if trial.message_problem else None,
                "marks": trial.marks(content.get("conditions")),
                "condition": text("explained.html", explained),
                "preview": text("preview.html", {"trial": trial, "result": result, "errors": errors}),
            }
        )

    def send(self, content: dict[str, Any]) -> Response:
        """Send a test event through the mapping into the debugger itself."""
        trial = Trial.of(content)
        if trial.problems or trial.message_problem or trial.message is None:
            return as_json({"error": "mend what is marked first"}, 422)
        sent = send(self._desk, tester.renewed(trial.message), trial.mappings)
        arrivals = Arrivals(self._desk.store)
        places = {(each.kind, each.record): each.id for each in arrivals.of_message(sent.message)}
        records = [
            {"record": each, "arrival": places.get((each.kind or "", each.row)), "todo": mend(each.reason)}
            for each in sent.records
        ]
        return part("sent.html", {"sent": sent, "records": records})
