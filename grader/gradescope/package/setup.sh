#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image. Nothing is installed that is not pinned,
# but for a Python 3.11 to 3.13 where the image has none (Ubuntu 22.04, 24.04).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

find_python() {
  local each
  for each in python3.13 python3.12 python3.11 python3; do
    if "$each" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      echo "$each"
      return 0
    fi
  done
  return 1
}

install() {
  apt-get install --yes --no-install-recommends "$@"
}

if ! python="$(find_python)"; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  install python3.12-venv || install python3.11-venv
  python="$(find_python)"
fi
if [ "$(id -u)" = 0 ] && ! grep -q 'libseccomp\.so\.2' <<<"$(ldconfig -p)"; then
  apt-get update
  install libseccomp2
fi

"$python" -m venv "$here/venv"
"$here/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
  --only-binary :all: --requirement "$here/requirements.txt"
cd "$here/kit"
# Says which sandbox there is, into the log of the build.
"$here/venv/bin/python" -m grader doctor || true
touch "$here/.ready"
