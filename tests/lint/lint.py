#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of the source tree that no compiler checks. lint.py RULE SOURCE_DIR; exits 1 and names every place."""

import pathlib
import re
import subprocess
import sys

TOP_FOLDERS = ["app", "core", "resources", "tests", "ui", "wizards"]

# What a layer's files must not include: a Widgets include compiles even where it is not linked.
FORBIDDEN_INCLUDES = {
    "core/fat": r"(core/(disk|machine|media|boot|qemu|live)|ui|wizards|app)/",
    "core/disk": r"(core/(machine|media|boot|qemu|live)|ui|wizards|app)/",
    "core/media": r"(core/(disk|machine|boot|qemu|live)|ui|wizards|app)/",
    "core/machine": r"(core/(boot|qemu|live)|ui|wizards|app)/",
    "core/boot": r"(core/(qemu|live)|ui|wizards|app)/",
    "core/qemu": r"(core/(live|media)|ui|wizards|app)/",
    "core": r"(ui|wizards|app)/|Qt(Gui|Widgets|Svg)|"
    r"Q(Widget|Application|GuiApplication|Image|Pixmap|Painter|Color|Icon|Font|Palette|Dialog|MessageBox|Label|Action)\b",
    "ui": r"(wizards|app)/",
    "wizards": r"app/",
}


def sources(top, *suffixes):
    files = subprocess.run(
        ["git", "-C", str(top), "ls-files", "-co", "--exclude-standard"], check=True, capture_output=True, text=True
    ).stdout.split("\n")
    for name in files:
        path = top / name
        if name and path.is_file() and (not suffixes or path.suffix in suffixes):
            yield path


def is_script(path):
    return path.suffix in ("", ".py", ".sh", ".script") and path.read_bytes().startswith(b"#!/")


def layers(top):
    for folder, pattern in FORBIDDEN_INCLUDES.items():
        include = re.compile(r'\s*#\s*include\s*[<"](' + pattern + ")")
        for path in sources(top, ".h", ".cpp"):
            if path.is_relative_to(top / folder):
                for number, line in enumerate(path.read_text().splitlines(), 1):
                    if include.match(line):
                        yield f"{path}:{number}: {folder}/ must not know this: {line.strip()}"


def licences(top):
    for path in sources(top):
        is_code = path.suffix in (".h", ".cpp", ".py", ".cmake", ".sh") or path.name == "CMakeLists.txt"
        if is_code or is_script(path):
            if "SPDX-License-Identifier:" not in "\n".join(path.read_text().splitlines()[:3]):
                yield f"{path}:1: no SPDX-License-Identifier in the first three lines"


def names(top):
    banned = {"util", "utils", "common", "base", "misc", "helper", "helpers"}
    for path in sources(top):
        for part in path.relative_to(top).parts:
            if pathlib.PurePath(part).stem.lower() in banned:
                yield f"{path}: '{part}' says nothing about what it provides"
        if path.stat().st_size == 0:
            yield f"{path}: an empty file says nothing"
    for path in sources(top, ".h", ".cpp"):
        if not re.fullmatch(r"[a-z0-9_]+\.(h|cpp)", path.name):
            yield f"{path}: file names are snake_case"


def readmes(top):
    for folder in TOP_FOLDERS:
        readme = top / folder / "README.md"
        if not readme.is_file():
            yield f"{readme}: missing; it says what belongs there, what it may depend on and what it must not know"
    for readme in sources(top, ".md"):
        if readme.name == "README.md" and readme.parent != top and len(readme.read_text().splitlines()) > 15:
            yield f"{readme}: more than 15 lines"


def links(top):
    """Paths that the documentation names exist: those below a top folder, also in drawings, and links."""
    folders = "|".join([*TOP_FOLDERS, "docs", "tools"])
    for document in sources(top, ".md"):
        for number, line in enumerate(document.read_text().splitlines(), 1):
            named = re.findall(rf"(?<![\w./-])(?:{folders})/[\w./-]*(?<!\.)", line)
            named += re.findall(r"\]\(([^)#:]+)\)", line)
            for name in named:
                if not (top / name).exists() and not (document.parent / name).exists():
                    yield f"{document}:{number}: {name} does not exist"


def waits(top):
    """A test waits for what it wants to see, never for time to pass, and is never skipped."""
    banned = re.compile(r"\b(QSKIP|QEXPECT_FAIL|qWait|qSleep|sleep_for|sleep_until|(?:QThread::[mu]?|[un]?|nano)sleep)\s*\(")
    for path in sources(top, ".h", ".cpp"):
        if path.is_relative_to(top / "tests"):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if found := banned.search(line):
                    yield f"{path}:{number}: {found.group(1)}: wait for the condition itself"


def format(top):
    files = [str(path) for path in sources(top, ".h", ".cpp")]
    run = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], capture_output=True, text=True)
    if run.returncode != 0:
        yield run.stderr + "run ./dev format"


def shell(top):
    for path in filter(is_script, sources(top)):
        first = path.read_text().splitlines()[0]
        if re.search(r"\b(ba)?sh$", first):
            run = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True)
            if run.returncode != 0:
                yield run.stderr


RULES = {f.__name__: f for f in (layers, licences, names, readmes, links, waits, format, shell)}

if __name__ == "__main__":
    found = list(RULES[sys.argv[1]](pathlib.Path(sys.argv[2]).resolve()))
    print("\n".join(found))
    sys.exit(1 if found else 0)
