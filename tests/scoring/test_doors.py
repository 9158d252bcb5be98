"""Only the page itself reaches the server: token, Host and Origin; nothing may be fetched from outside."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.scoring.desks import MODEL, make_out, served


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(make_out(tmp_path_factory.mktemp("doors"), [MODEL])) as (address, _):
        yield address


def ask(
    address: str, path: str = "", method: str = "GET", body: object = None, **headers: str
) -> tuple[int, http.client.HTTPResponse, bytes]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent.setdefault("Host", parts.netloc)
    text = None if body is None else json.dumps(body)
    connection.request(method, f"{parts.path}{path}" if path[:1] != "/" else path, text, sent)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, answer, data


def test_the_printed_address_is_the_page_with_a_strict_policy(address: str) -> None:
    status, answer, body = ask(address)
    assert status == 200
    assert b"page.js" in body
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert urlsplit(address).hostname == "127.0.0.1"
    assert len(urlsplit(address).path.strip("/")) >= 20


@pytest.mark.parametrize("path", ["/", "/x/", "/words", "/../words", "//words"])
def test_without_the_token_nobody_comes_in(address: str, path: str) -> None:
    assert ask(address, path)[0] == 403


def test_a_wrong_host_is_refused(address: str) -> None:
    port = urlsplit(address).port
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1:{port}0", f"[::1]:{port}"):
        assert ask(address, Host=host)[0] == 403, host


def test_another_sites_page_is_refused(address: str) -> None:
    assert ask(address, "words", Sec_Fetch_Site="cross-site")[0] == 403
    change = {"code": "x", "section": "1.1"}
    own = f"http://{urlsplit(address).netloc}"
    for origin in (
        "null",
        "http://evil.example",
        f"{own}.evil.example",
        own.replace("http", "https"),
    ):
        assert ask(address, "undo", "POST", change, Origin=origin)[0] == 403, origin
    assert ask(address, "undo", "POST", change)[0] == 403  # a change without any origin
    assert ask(address, "undo", "POST", change, Origin=own)[0] == 404  # let in, and x is nobody


@pytest.mark.parametrize(
    "body",
    [
        "text",
        {"code": 1},
        {"code": "x"},
        {"items": "recurs", "code": "x", "section": "1.1"},
        {"items": [], "section": "1.1", "code": "x", "free": 1e9},
    ],
)
def test_what_no_page_of_ours_sends_is_refused_in_words(address: str, body: object) -> None:
    origin = f"http://{urlsplit(address).netloc}"
    status, answer, text = ask(address, "mark", "POST", body, Origin=origin)
    assert status in (400, 404)
    assert answer.headers["Content-Type"] == "application/json"
    assert b"Traceback" not in text


def test_a_mark_can_be_changed_as_often_as_its_reader_likes(address: str) -> None:
    origin = f"http://{urlsplit(address).netloc}"
    code = json.loads(ask(address, "queue?section=1.1")[2])[0]["code"]
    mark = {"code": code, "section": "1.1", "items": [], "free": 0, "comment": "", "version": 0}
    for change in range(103):  # every pause while typing a comment is one
        mark["comment"] = "x" * change
        status, _, text = ask(address, "mark", "POST", mark, Origin=origin)
        assert status == 200, (change, text)
        mark["version"] = json.loads(text)["version"]


@pytest.mark.parametrize(
    "wrong",
    [*({"version": one} for one in (-1, 0.5, True, "0", float("nan"))), {"free": float("nan")}],
    ids=repr,
)
def test_numbers_that_no_mark_can_have_are_refused(address: str, wrong: dict[str, object]) -> None:
    origin = f"http://{urlsplit(address).netloc}"
    code = json.loads(ask(address, "queue?section=1.2")[2])[0]["code"]
    mark = {"code": code, "section": "1.2", "items": [], "free": 0, "comment": "", "version": 0}
    assert ask(address, "mark", "POST", mark | wrong, Origin=origin)[0] == 400


def test_too_large_a_body_is_refused(address: str) -> None:
    origin = f"http://{urlsplit(address).netloc}"
    status, _, _ = ask(address, "mark", "POST", {"comment": "x" * 100_000}, Origin=origin)
    assert status == 413
