"""Variants of spanmeter that each lack one guard: patches in `mutations`, built in a copy of the checkout.

What stands before a patch says what is missing, and with `Seeds:` which rounds find it, or may.
"""

import fcntl
import filecmp
import os
import re
import shutil
import subprocess
from pathlib import Path

from service import ROOT

PATCHES = sorted((ROOT / "Tests" / "crash" / "mutations").glob("*.patch"))
COPY = ROOT / ".build" / "mutations"
BUILD_SECONDS = 3_600


def seeds(patch):
    """The seeds of the rounds that find what the patch removes."""
    found = re.search(r"^Seeds: ([\d ]+)$", patch.read_text(), re.MULTILINE)
    assert found, f"{patch} names no seeds"
    return [int(seed) for seed in found.group(1).split()]


def check_applies(patch):
    """Fails where it does not fit the sources any more."""
    _run(ROOT, "git", "apply", "--check", str(patch))


def build(patch, target):
    """Builds the variant to `target`, and returns that.

    In a copy of the checkout in .build, which stays there: only the first build is a long one. Who comes
    meanwhile waits.
    """
    COPY.mkdir(parents=True, exist_ok=True)
    with open(COPY / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("Package.swift", "Sources", "Tests"):
            _mirror(ROOT / name, COPY / name)
        if not (COPY / ".build").exists():
            # Sources of packages, so that nothing is fetched again.
            for name in ("Package.resolved", ".build/repositories", ".build/workspace-state.json"):
                _mirror(ROOT / name, COPY / name)
        # What was left by a run that was ended is undone by the next mirror.
        _run(COPY, "git", "apply", str(patch))
        command = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "spanmeter"]
        _run(COPY, *command)
        shutil.copy2(COPY / ".build" / "release" / "spanmeter", target)
    return target


def _mirror(source, target):
    """Makes `target` what `source` is, and leaves alone what is the same already."""
    if not source.is_dir():
        if source.exists() and not (target.exists() and filecmp.cmp(source, target, shallow=False)):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        return
    target.mkdir(parents=True, exist_ok=True)
    names = {entry.name for entry in source.iterdir()} - {"__pycache__"}
    for old in target.iterdir():
        if old.name not in names:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name in names:
        _mirror(source / name, target / name)


def _run(directory, *command):
    # Outside of any repository, `git apply` works on plain files.
    variables = {**os.environ, "GIT_CEILING_DIRECTORIES": str(Path(directory).parent)}
    done = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, env=variables, timeout=BUILD_SECONDS
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-4_000:]}{done.stderr[-4_000:]}"
