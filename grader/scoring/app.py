"""The scoring page's server: routes to plain data. `doors` stands before every one of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from grader.scoring import models
from grader.scoring.desk import Desk
from grader.scoring.doors import Doors
from grader.scoring.marks import ORAL, Mark, question_marks
from grader.scoring.page_words import words_of_page
from grader.scoring.rubric import Item
from grader.scoring.score_store import Conflict

PAGE = Path(__file__).with_name("page")
FILES = {"": "index.html", "page.css": "page.css", "oral.js": "oral.js", "page.js": "page.js"}
LONGEST_BODY = 64 * 1024
MOST_COMMENT = 4_000
MOST_FREE = 100.0


class BadRequest(Exception):
    """What came is no change that a page of ours sends."""


def app(desk: Desk, token: str, port: int, language: str) -> ASGIApp:
    """The whole application, doors first."""
    routes = _Routes(desk, language)
    inside = Starlette(
        routes=[
            *(Route(f"/{name}", _file(file)) for name, file in FILES.items()),
            Route("/words", routes.words),
            Route("/sections", routes.sections),
            Route("/queue", routes.queue),
            Route("/view", routes.view),
            Route("/picture/model/{name}", routes.figure),
            Route("/picture/{digest}", routes.picture),
            Route("/dossier/{code}", routes.dossier),
            Route("/model", routes.model),
            Route("/whole", routes.whole),
            Route("/uses", routes.uses),
            Route("/compared", routes.compared),
            Route("/drift", routes.drift),
            Route("/history", routes.history),
            Route("/mark", routes.mark, methods=["POST"]),
            Route("/undo", routes.undo, methods=["POST"]),
            Route("/item", routes.item, methods=["POST"]),
        ],
        exception_handlers={BadRequest: _refused, KeyError: _unknown},
        max_body_size=LONGEST_BODY,
    )
    return Doors(inside, token, port)


def _file(name: str) -> Callable[[Request], Response]:
    def serve(_request: Request) -> Response:
        return FileResponse(PAGE / name)

    return serve


class _Routes:
    """Endpoints. Those that wait for the disk are plain functions, which Starlette runs in threads."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._desk = desk
        self._language = language

    def _spoken(self, request: Request) -> str:
        asked = request.query_params.get("lang", "")
        return asked if asked in ("zh", "en") else self._language

    def words(self, request: Request) -> Response:
        language = self._spoken(request)
        facts = {"language": language, "blind": self._desk.blind, "reader": self._desk.reader}
        return JSONResponse({**facts, "words": words_of_page(language)})

    def sections(self, request: Request) -> Response:
        return JSONResponse(self._desk.sections(self._spoken(request)))

    def queue(self, request: Request) -> Response:
        return JSONResponse(self._desk.queue(_query(request, "section")))

    def view(self, request: Request) -> Response:
        code, section = _query(request, "code"), _query(request, "section")
        return JSONResponse(self._desk.view(code, section, self._spoken(request)))

    def picture(self, request: Request) -> Response:
        data = self._desk.picture(request.path_params["digest"])
        return (
            Response(status_code=404) if data is None else Response(data, media_type="image/jpeg")
        )

    def figure(self, request: Request) -> Response:
        data = models.figure(request.path_params["name"])
        return (
            Response(status_code=404)
            if data is None
            else Response(data, media_type="image/svg+xml")
        )

    def dossier(self, request: Request) -> Response:
        path = self._desk.dossier(request.path_params["code"])
        return Response(status_code=404) if path is None else FileResponse(path)

    def model(self, request: Request) -> Response:
        return JSONResponse({"html": models.model_answer(_query(request, "section"))})

    def whole(self, request: Request) -> Response:
        return JSONResponse(
            {"html": self._desk.whole(_query(request, "code"), self._spoken(request))}
        )

    def uses(self, request: Request) -> Response:
        section, key = _query(request, "section"), _query(request, "key")
        return JSONResponse(self._desk.uses(section, key, self._spoken(request)))

    def compared(self, _request: Request) -> Response:
        return JSONResponse(self._desk.compared())

    def drift(self, request: Request) -> Response:
        return JSONResponse(self._desk.drift(_query(request, "section")))

    def history(self, request: Request) -> Response:
        return JSONResponse(self._desk.history(_query(request, "code")))

    async def mark(self, request: Request) -> Response:
        """Write a mark; 409 with what stands there where somebody else wrote meanwhile."""
        sent = await _json(request)
        try:
            written = self._desk.store.put(self._read_mark(sent))
        except Conflict as conflict:
            return JSONResponse(self._desk.plain(conflict.current), 409)
        return JSONResponse(self._desk.plain(written))

    async def undo(self, request: Request) -> Response:
        sent = await _json(request)
        student_id = self._desk.student(_text(sent, "code"))
        restored = self._desk.store.undo(student_id, self._section(sent), self._desk.reader)
        return JSONResponse(self._desk.plain(restored))

    async def item(self, request: Request) -> Response:
        """Add an item, change or remove one; every mark that has it follows."""
        sent = await _json(request)
        section, key = self._section(sent), _text(sent, "key")
        if not key or len(key) > 60 or not key.isprintable():  # noqa: PLR2004  # a short name
            raise BadRequest("key")
        if sent.get("remove") is True:
            self._desk.store.remove_item(section, key, self._desk.reader)
        else:
            known = {each.key: each.text for each in self._desk.store.items(section)}
            text = {self._spoken(request): _text(sent, "text")[:500]}
            item = Item(key, _number(sent, "points"), known.get(key, {}) | text)
            self._desk.store.change_item(section, item, self._desk.reader)
        return JSONResponse({"holders": len(self._desk.store.holders(section, key))})

    def _read_mark(self, sent: dict[str, Any]) -> Mark:
        items = sent.get("items")
        if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
            raise BadRequest("items")
        section = self._section(sent)
        if section == ORAL:
            _require_question_marks(items)
        return Mark(
            self._desk.student(_text(sent, "code")),
            section,
            self._desk.reader,
            items=tuple(dict.fromkeys(items)),
            free=_number(sent, "free"),
            comment=_text(sent, "comment")[:MOST_COMMENT],
            second_look=sent.get("look") is True,
            done=sent.get("done") is True,
            version=_version(sent),
        )

    def _section(self, sent: dict[str, Any]) -> str:
        section = _text(sent, "section")
        self._desk.most(section)  # KeyError for one that the rubric lacks
        return section


async def _json(request: Request) -> dict[str, Any]:
    try:
        sent = json.loads(await request.body())
    except ValueError as error:
        raise BadRequest("JSON") from error
    if not isinstance(sent, dict):
        raise BadRequest("an object")
    return sent


def _require_question_marks(items: list[str]) -> None:
    try:
        question_marks(items)
    except ValueError as error:
        raise BadRequest("items") from error


def _query(request: Request, name: str) -> str:
    return request.query_params.get(name, "")


def _text(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str):
        raise BadRequest(name)
    return value


def _number(sent: dict[str, Any], name: str) -> float:
    value = sent.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(name)
    if not abs(value) <= MOST_FREE:  # NaN is not
        raise BadRequest(name)
    return float(value)


def _version(sent: dict[str, Any]) -> int:
    """How often the mark had been changed when the page saw it: as often as its reader liked."""
    value = sent.get("version")
    if type(value) is not int or value < 0:
        raise BadRequest("version")
    return value


def _refused(_request: Request, error: Exception) -> Response:
    return JSONResponse({"wrong": str(error)}, 400)


def _unknown(_request: Request, error: Exception) -> Response:
    return JSONResponse({"unknown": str(error)}, 404)
