"""Who may come in: only this machine's browser, at the address that was printed, from the page itself.

The server listens on 127.0.0.1. A page elsewhere can still make a browser ask for it, and a name can be
made to point here (DNS rebinding); so the token in the path, the Host, and for changes the Origin are all
checked, and the answers allow nothing from outside (Content-Security-Policy).
"""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
SAFE = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
FRAMED = "/dossier/"  # the examiner's own page stands in a frame of ours, without scripts
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Doors:
    """ASGI middleware: 403 for whoever has not the token or comes from another page."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._start = f"/{token}/"
        self._origins = {f"http://{host}:{port}" for host in HOSTS}
        self._hosts = {f"{host}:{port}" for host in HOSTS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let in without the token in the path."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not self._welcome(scope):
            await PlainTextResponse("403", 403)(scope, receive, _with_headers(send))
            return
        inside = "/" + scope["path"][len(self._start) :]
        policy = FRAME_POLICY if inside.startswith(FRAMED) else POLICY
        await self._app({**scope, "path": inside}, receive, _with_headers(send, policy))

    def _welcome(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        path = scope["path"].encode("utf-8", "surrogatepass")
        known = hmac.compare_digest(path[: len(self._start)], self._start.encode())
        site = headers.get("sec-fetch-site", "none")
        ours = site in ("same-origin", "none")
        if scope["method"] not in SAFE:
            ours = headers.get("origin") in self._origins and site in ("same-origin", "none")
        return known and ours and headers.get("host") in self._hosts


def _with_headers(send: Send, policy: str = POLICY) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {**HEADERS, "Content-Security-Policy": policy}
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return sent
