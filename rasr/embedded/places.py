"""Where the embedded server keeps its files, and which account runs it.

PostgreSQL refuses to run as root: started by root, it runs as `postgres` or `nobody` and keeps its files in a directory
of its own under /var/lib. The lock files lie beside it, where that account cannot swap them.
"""

import hashlib
import os
import pwd
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ROOT_STATE = Path("/var/lib/rasr-development")
LONGEST_SOCKET_DIRECTORY = 90  # a socket's whole path fits 104 bytes on macOS, 108 on Linux


def key() -> str:
    """Tells one checkout from another."""
    return hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]


def account() -> pwd.struct_passwd | None:
    """The account that runs the server; None: our own. Raises RuntimeError where root finds none."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("Root cannot run PostgreSQL and there is no account postgres or nobody. Set DATABASE_URL.")


def state_dir() -> Path:
    """Everything of this checkout's server."""
    if chosen := os.environ.get("RASR_EMBEDDED_DIR"):
        return Path(chosen)
    return ROOT_STATE / key() if os.geteuid() == 0 else CHECKOUT / "var" / "postgresql"


def server_dir() -> Path:
    """What the server's account may write."""
    return state_dir() / "server"


def socket_dir() -> Path:
    """Where the server listens: a Unix socket and nothing else."""
    directory = server_dir() / "socket"
    if len(str(directory)) > LONGEST_SOCKET_DIRECTORY:
        return Path(tempfile.gettempdir()) / f"rasr-{os.geteuid()}-{key()}"
    return directory


def make_directories() -> None:
    """Make what is missing, each for its account alone. Raises RuntimeError where that is not allowed."""
    owner = account()
    try:
        state_dir().mkdir(parents=True, exist_ok=True, mode=0o755 if owner else 0o700)
        for directory in (server_dir(), socket_dir()):
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            if owner:
                os.chown(directory, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    except OSError as error:
        raise RuntimeError(
            f"The embedded PostgreSQL cannot keep its files in {state_dir()} ({error.strerror}). Set DATABASE_URL."
        ) from error
