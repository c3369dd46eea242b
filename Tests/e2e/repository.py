"""A git repository of skills, made by a test."""

import os
import subprocess
from pathlib import Path


class Repository:
    def __init__(self, path):
        self.path = Path(path)
        self.path.mkdir(parents=True)
        self.time = 1_760_000_000
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments):
        date = f"{self.time} +0000"
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada Author",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada Author",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
        }
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=variables, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def skill(self, name, version, directory=None):
        file = self.path / (directory or name) / "SKILL.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"---\nname: {name}\n---\n\nHow to do it.\nversion {version}\n")

    def commit(self):
        """The new commit's hash; a minute after the one before."""
        self.time += 60
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a change")
        return self.git("rev-parse", "HEAD")

    def blob(self, file):
        return self.git("rev-parse", f"HEAD:{file}")
