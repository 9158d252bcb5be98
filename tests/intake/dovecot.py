"""A real IMAP server on loopback: Dovecot in a temporary folder, with a CA of its own."""

from __future__ import annotations

import contextlib
import getpass
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

USER, PASSWORD = "ta@example.edu", "geheim-密码"

_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail
default_login_user = {login_user}
default_internal_user = {login_user}
default_internal_group = {login_group}
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={home}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Server:
    port: int
    ca_file: Path

    def url(self, folder: str = "INBOX", *, port: int = 0) -> str:
        return f"imaps://{USER.replace('@', '%40')}@localhost:{port or self.port}/{folder}"

    @contextlib.contextmanager
    def client(self) -> Iterator[imaplib.IMAP4_SSL]:
        context = ssl.create_default_context(cafile=str(self.ca_file))
        with imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context, timeout=30) as client:
            client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield client

    def put(self, messages: list[bytes], folder: str = "INBOX") -> None:
        """Append messages; `folder` as it goes over the wire."""
        with self.client() as client:
            if folder != "INBOX":
                client.create(f'"{folder}"')
            for message in messages:
                status, answer = client.append(f'"{folder}"', "", "", message)
                assert status == "OK", answer

    def flags(self, folder: str = "INBOX") -> bytes:
        with self.client() as client:
            client.select(f'"{folder}"', readonly=True)
            return b" ".join(client.fetch("1:*", "(FLAGS)")[1])


@contextlib.contextmanager
def dovecot() -> Iterator[Server]:
    """Start the server, wait until it greets, stop it."""
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))  # a short path: sockets allow 108 bytes
    port = _free_port()
    _certificate(home)
    _configure(home, port)
    process = subprocess.Popen(["dovecot", "-F", "-c", str(home / "dovecot.conf")])
    server = Server(port, home / "ca.pem")
    try:
        _wait(server, process, home / "log")
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        shutil.rmtree(home)


def _configure(home: Path, port: int) -> None:
    root = os.getuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
    login = "dovenull" if root else getpass.getuser()
    (home / "mail").mkdir()
    (home / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    home.chmod(0o755)
    if root:
        os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
        (home / "users").chmod(0o644)
    text = _CONFIG.format(
        home=home,
        port=port,
        login_user=login,
        login_group=_group(login),
        mail_uid=owner.pw_uid,
        mail_gid=owner.pw_gid,
    )
    (home / "dovecot.conf").write_text(text)


def _group(user: str) -> str:
    import grp

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def _certificate(home: Path) -> None:
    """A CA and a certificate for localhost signed by it, by the openssl command."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=home, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=test CA", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    openssl("req", *key, "-keyout", "key.pem", "-out", "server.csr", "-subj", "/CN=localhost")
    (home / "san").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
            "-CAcreateserial", "-extfile", "san", "-out", "cert.pem")  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError, imaplib.IMAP4.error), server.client():
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())


class CuttingProxy:
    """Passes bytes on to the server and cuts each connection after so many from it."""

    def __init__(self, port: int, limits: list[int]) -> None:
        self._target = port
        self._limits = limits
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.cuts = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._pass_on(client, self._limits.pop(0) if self._limits else 1 << 40)

    def _pass_on(self, client: socket.socket, limit: int) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=_pump, args=(client, server, 1 << 40), daemon=True)
            back.start()
            self.cuts += _pump(server, client, limit)
            for one in (client, server):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            back.join(10)


def _pump(source: socket.socket, target: socket.socket, limit: int) -> bool:
    """Copy until the end, or until `limit` bytes went over; whether it was cut."""
    with contextlib.suppress(OSError):
        while data := source.recv(4096):
            limit -= len(data)
            if limit < 0:
                return True
            target.sendall(data)
    return False
