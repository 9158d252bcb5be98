"""Calls that start other processes or programs, or ask the network."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.portability.imported_names import Names, is_main_block, outside
from grader.portability.needs import NETWORK, PROCESS, PROGRAM, Need

# Full names of what is called. Threads, locks, pipes and the number of processors are no processes.
_CALLS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"multiprocessing\.(pool\.|context\.|process\.)?(Pool|Process|Manager)"), PROCESS),
    (re.compile(r"multiprocessing\.managers\.\w+"), PROCESS),
    (re.compile(r"concurrent\.futures\.(process\.)?ProcessPoolExecutor"), PROCESS),
    (re.compile(r"os\.(fork|forkpty)"), PROCESS),
    (
        re.compile(
            r"subprocess\.(Popen|run|call|check_call|check_output|getoutput|getstatusoutput)"
        ),
        PROGRAM,
    ),
    (re.compile(r"os\.(system|popen|startfile|posix_spawnp?|exec[lv]p?e?|spawn[lv]p?e?)"), PROGRAM),
    (re.compile(r"urllib\.request\.(urlopen|urlretrieve|build_opener)"), NETWORK),
    (re.compile(r"http\.client\.HTTPS?Connection"), NETWORK),
    (re.compile(r"socket\.(socket|create_connection|getaddrinfo|gethostbyname)"), NETWORK),
    (re.compile(r"(requests|httpx)\.(get|post|request|Session|Client)"), NETWORK),
    (re.compile(r"(ftplib\.FTP|smtplib\.SMTP|imaplib\.IMAP4)(_TLS|_SSL)?"), NETWORK),
)
_CONTEXT = re.compile(r"multiprocessing\.get_context")
_ADDRESS = re.compile(r"(https?|ftp)://")
_READS = re.compile(r"(numpy|pandas)\.(loadtxt|genfromtxt|DataSource|read_\w+)")


def found(tree: ast.Module) -> Iterator[Need]:
    """The calls, in no order; those under `if __name__ == "__main__":` alone are not made here."""
    names = Names(tree)
    for node in outside(tree, is_main_block):
        if isinstance(node, ast.Call) and (kind := _kind(node, names)):
            yield Need(node.lineno, kind, ast.unparse(node.func) + "(…)")


def _kind(call: ast.Call, names: Names) -> str:
    name = names.whole(call.func) or _through_context(call.func, names)
    for pattern, kind in _CALLS:
        if pattern.fullmatch(name):
            return kind
    first = call.args[0] if call.args else None
    if _READS.fullmatch(name) and isinstance(first, ast.Constant):
        return NETWORK if _ADDRESS.match(str(first.value)) else ""
    return ""


def _through_context(function: ast.expr, names: Names) -> str:
    """`multiprocessing.get_context("fork").Pool` is multiprocessing.Pool."""
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Call):
        return ""
    made = names.whole(function.value.func)
    return f"multiprocessing.{function.attr}" if _CONTEXT.fullmatch(made) else ""
