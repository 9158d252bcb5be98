"""Gradescope's harness, as its documentation describes it, in an empty folder in place of `/`.

`/autograder/source` gets the unpacked zip (by `unzip`, which keeps permissions), `run_autograder`
is copied beside it, `setup.sh` runs once, and for each submission `submission/`, the metadata and
`results/` are made and `run_autograder` is called in `/autograder`. PATH holds the tools of a plain
image and nothing else: no bubblewrap.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOOLS = ("bash", "env", "id", "grep", "mkdir", "cp", "mv", "rm", "touch", "dirname", "timeout")
LDCONFIG = "/sbin/ldconfig"
# A Python that makes no virtual environment and installs nothing, but runs what was installed for
# the tests: the fast suite does not download 100 packages.
STAND_IN = """#!/bin/bash
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0 ;;
  "-m pip") exit {pip} ;;
esac
exec {python} "$@"
"""


@dataclass(frozen=True)
class Container:
    """The folder that stands for `/autograder`."""

    root: Path
    bin: Path

    @classmethod
    def built(cls, archive: Path, folder: Path, *, pip: int = 0, real: bool = False) -> Container:
        """Unpack the zip as the image's builder does. `pip`: the exit code of every install."""
        root, tools = folder / "auto grader", folder / "bin"
        tools.mkdir(parents=True)
        (root / "source").mkdir(parents=True)
        unzip = shutil.which("unzip")
        assert unzip
        subprocess.run([unzip, "-q", str(archive), "-d", str(root / "source")], check=True)
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        for name in TOOLS:
            found = shutil.which(name)
            assert found, name
            (tools / name).symlink_to(found)
        (tools / "ldconfig").symlink_to(LDCONFIG)
        if real:
            (tools / "python3").symlink_to(Path(sys.executable).resolve())
        else:
            stand_in = tools / "python3.13"
            stand_in.write_text(STAND_IN.format(pip=pip, python=f'"{sys.executable}"'))
            stand_in.chmod(0o755)
        return cls(root, tools)

    def setup(self) -> subprocess.CompletedProcess[str]:
        return self._call(self.root / "source" / "setup.sh")

    def grade(self, files: dict[str, str], metadata: object = None) -> dict[str, Any]:
        """Put a submission there, run the autograder, read its results."""
        for name in ("submission", "results"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir()
        for name, content in files.items():
            path = self.root / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        if metadata is not None:
            text = metadata if isinstance(metadata, str) else json.dumps(metadata)
            (self.root / "submission_metadata.json").write_text(text, encoding="utf-8")
        done = self._call(self.root / "run_autograder")
        assert done.returncode == 0, done.stdout + done.stderr
        text = (self.root / "results" / "results.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text, parse_constant=_refuse)
        return found

    def _call(self, script: Path) -> subprocess.CompletedProcess[str]:
        passed = {k: v for k, v in os.environ.items() if k.upper().startswith(("PIP_", "HTTP"))}
        return subprocess.run(
            [str(script)],
            cwd=self.root,
            env={
                **passed,
                "PATH": str(self.bin),
                "HOME": str(self.root),
                "AUTOGRADER_ROOT": str(self.root),
                "LC_ALL": "C.UTF-8",
            },
            capture_output=True,
            text=True,
            check=False,
        )


def _refuse(word: str) -> object:
    raise AssertionError(f"{word} is no JSON")
