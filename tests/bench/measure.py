# SPDX-License-Identifier: GPL-3.0-or-later
"""What every bench measures with: running programs, saying figures and whether a limit holds."""

import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
DEADLINE = 60


def say(text):
    print(text, flush=True)


def figure(name, values, unit):
    middle = statistics.median(values)
    say(f"  {name:<40} {middle:7.0f} {unit}   ({min(values):.0f} to {max(values):.0f}, {len(values)} runs)")
    return middle


def verdict(text, holds):
    say(f"  {'holds ' if holds else 'MISSED'}  {text}")


def tool(name, package):
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not path:
        sys.exit(f"bench: {name} is missing: install the package {package}.")
    return path


def run(command, environment=None, text_in=None, deadline=DEADLINE):
    done = subprocess.run(
        command, env=environment, input=text_in, capture_output=True, text=True, timeout=deadline
    )
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def timed(command, environment=None, text_in=None, deadline=DEADLINE):
    """Milliseconds that a command takes."""
    begin = time.monotonic()
    run(command, environment, text_in, deadline)
    return (time.monotonic() - begin) * 1000


@contextlib.contextmanager
def home():
    """Folders of its own, so that the user's machines are never touched; short, for unix sockets."""
    with tempfile.TemporaryDirectory(prefix="platter-bench-", dir="/tmp") as folder:
        environment = dict(os.environ, HOME=folder)
        for name in ("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            place = pathlib.Path(folder, name.split("_")[1].lower())
            place.mkdir(mode=0o700)
            environment[name] = str(place)
        yield environment
