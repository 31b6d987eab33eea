"""The shape of the code, kept by reading it: who imports whom, how large things are, what they are called."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("rasr", "events", "participants")
BANNED = {"utils", "helpers", "manager", "service", "handler", "process", "data", "info"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 50

# Inside an app only downward. A package counts for all its modules.
LEVELS = {
    "events": [
        {"urls", "admin", "management"},
        {"views", "templatetags", "past_editions"},
        {"papers", "bundles"},
        {"loading"},
        {"documents", "feeds", "exports", "caching", "copying", "restoring", "merging"},
        {"edition_files", "writing"},
        {"scheduling", "timetable"},
        {"clashes", "vtimezone", "now_next", "searching"},
        {"change_words"},
        {"differences"},
        {"agenda", "signals", "slots"},
        {"models"},
        {"uploads"},
        {"text", "typesetting", "workbooks", "sheets", "negotiating", "telling"},
    ],
    "participants": [
        {"urls", "admin", "management", "backends"},
        {"views", "templatetags", "demonstration"},
        {"host_list"},
        {"forms", "exports", "held", "visit_cards"},
        {"wording", "roster"},
        {"changing", "retention"},
        {"checkin", "records", "places", "nominating", "erasing"},
        {"substitution"},
        {"naming"},
        {"joining"},
        {"boarding"},
        {"registration", "attendance", "staffing", "delivery", "bulk"},
        {"concerned"},
        {"my_agenda"},
        {"visits", "vehicles", "handing_in"},
        {"visit_places"},
        {"mail"},
        {"capacity", "access", "links", "throttling", "nomination_lists", "lifetimes", "rotation"},
        {"answers"},
        {"models"},
        {"addresses", "typed", "scanned", "spreadsheets", "seating", "nationalities"},
        {"workbooks"},
    ],
}


def modules(*apps: str) -> Iterator[Path]:
    for app in apps or APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported(path: Path) -> set[str]:
    """The dotted names that a module imports, wherever it does so; `from a.b import c` counts as a.b and as a.b.c."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def place(path: Path) -> str:
    """The part of an app that a module belongs to."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def test_apps_import_in_one_direction_only():
    allowed = {
        "rasr": {"rasr", "events", "participants"},
        "events": {"events"},
        "participants": {"participants", "events"},
    }
    for app in APPS:
        for path in modules(app):
            apps = {name.split(".")[0] for name in imported(path)} & set(APPS)
            assert apps <= allowed[app], path


@pytest.mark.parametrize("app", ["events", "participants"])
def test_inside_an_app_imports_go_downward(app):
    level = {part: depth for depth, parts in enumerate(LEVELS[app]) for part in parts}
    for path in modules(app):
        here = place(path)
        if here in {"__init__", "apps"}:
            continue
        assert here in level, f"{here} of {app} has no level yet"
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == app and len(parts) > 1 and parts[1] in level and parts[1] != here:
                assert level[parts[1]] > level[here], f"{path} imports {name}"


def test_events_has_no_key_to_a_participant_or_a_user():
    from django.apps import apps

    for model in apps.get_app_config("events").get_models():
        for field in model._meta.get_fields():
            if field.many_to_one or (field.one_to_one and field.concrete):
                assert str(field.related_model._meta).startswith("events."), field  # type: ignore[union-attr]


def test_names_say_what_a_thing_is_for():
    for path in modules():
        assert path.stem not in BANNED, path
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                assert node.name.strip("_") not in BANNED, f"{path}: {node.name}"


def test_files_and_functions_stay_small():
    for path in (ROOT / "tests").rglob("*.py"):
        assert len(path.read_text().splitlines()) <= LONGEST_FILE, path
    for path in modules("rasr", "events", "participants"):
        assert len(path.read_text().splitlines()) <= LONGEST_FILE, path
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, f"{path}: {node.name}"


def test_modules_models_and_verbs_say_what_they_are():
    for path in modules():
        module = tree(path)
        assert ast.get_docstring(module), path
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef) and "models" in path.parts and node.name != "Meta":
                assert ast.get_docstring(node), f"{path}: {node.name}"
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                is_verb = any(argument.arg == "by" for argument in node.args.kwonlyargs)
                assert ast.get_docstring(node) or not is_verb, f"{path}: {node.name}"


def test_only_the_verbs_change_a_status():
    """No view, form or admin page writes a state: nothing but the modules of the verbs assigns one."""
    states = {"status", "state"}
    verbs = {
        "registration",
        "changing",
        "visits",
        "visit_places",
        "delivery",
        "models",
        "loading",
        "past_editions",
        "demonstration",
        "edition_files",
        "writing",
    }
    for path in modules("events", "participants"):
        if place(path) in verbs:
            continue
        for node in ast.walk(tree(path)):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in itertools.chain.from_iterable(ast.walk(t) for t in targets):
                if isinstance(target, ast.Attribute) and target.attr in states:
                    raise AssertionError(f"{path}:{target.lineno} assigns .{target.attr}")


def test_test_files_mirror_the_code():
    known = {path.stem for path in modules()} | {path.parent.name for path in modules()}
    for app in ("events", "participants", "rasr"):
        for path in (ROOT / "tests" / app).rglob("test_*.py"):
            subject = path.stem.removeprefix("test_")
            words = subject.split("_")
            starts = {"_".join(words[:n]) for n in range(1, len(words) + 1)}
            ends = {"_".join(words[n:]) for n in range(len(words))}
            assert (starts | ends | {subject}) & known or subject == "races", path
