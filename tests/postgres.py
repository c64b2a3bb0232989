"""A PostgreSQL server of a test's own: made, started and thrown away on this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "postgres"
"""Whom the server runs as where the tests run as root, which it refuses."""


def find_binaries() -> Path | None:
    """Return the folder of initdb and postgres, newest version first; None if there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return found[0].parent if found else None


@contextmanager
def serve(binaries: Path) -> Iterator[str]:
    """Run a server on a free port of 127.0.0.1; yield a URL of its database for SQLAlchemy."""
    account = ACCOUNT if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="tocsin-pg-") as folder:
        data = f"{folder}/data"
        if account:
            shutil.chown(folder, account)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [binaries / program, "-D", data, *arguments],
                user=account,
                cwd=folder,
                check=True,
                capture_output=True,
            )

        run("initdb", "-A", "trust", "-U", "tocsin", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://tocsin@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
