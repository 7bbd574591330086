"""What the documentation says exists, exists: links lead somewhere, flags are written down."""

from __future__ import annotations

import pathlib
import re
import subprocess

import pytest

from harness import processes

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


def tracked(*patterns: str) -> list[pathlib.Path]:
    out = subprocess.run(["git", "-C", ROOT, "ls-files", "--", *patterns], capture_output=True, text=True, check=True)
    return [ROOT / line for line in out.stdout.splitlines()]


PAGES = tracked("README.md", "docs/*.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: pathlib.Path) -> None:
    broken = [
        target
        for target, _ in LINK.findall(page.read_text())
        if not target.startswith(("http://", "https://", "mailto:")) and not (page.parent / target).exists()
    ]
    assert not broken, f"{page.name}: {broken}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_pages_begin_with_a_title_and_a_sentence(page: pathlib.Path) -> None:
    lines = [line for line in page.read_text().splitlines() if line.strip()]
    assert lines[0].startswith("# "), f"{page.name} has no title"
    assert not lines[1].startswith(("#", "|", "-", "```")), f"{page.name} does not say what it is for"


def help_of(program: pathlib.Path, *command: str) -> str:
    done = processes.run([program, *command, "--help"])
    assert done.returncode == 0, f"{program.name} {' '.join(command)} --help: exit status {done.returncode}"
    return done.stdout


def commands(program: pathlib.Path) -> list[str]:
    """The subcommands that `stepwell --help` lists."""
    _, _, listed = help_of(program).partition("Subcommands:")
    return re.findall(r"^  (\w[\w-]*)", listed, re.MULTILINE)


def test_every_command_and_flag_is_documented(program: pathlib.Path) -> None:
    page = (ROOT / "docs" / "guide" / "command-line.md").read_text()
    missing = []
    for command in commands(program):
        if f"stepwell {command}" not in page:
            missing.append(f"stepwell {command}")
        flags = set(FLAG.findall(help_of(program, command)))
        missing += [f"stepwell {command} {flag}" for flag in flags if flag not in page]
    assert not missing, f"docs/guide/command-line.md does not tell of {sorted(missing)}"


def test_no_documented_flag_is_invented(program: pathlib.Path) -> None:
    names = commands(program)
    real = set(FLAG.findall(help_of(program))).union(*(FLAG.findall(help_of(program, c)) for c in names))
    page = (ROOT / "docs" / "guide" / "command-line.md").read_text()
    assert set(FLAG.findall(page)) <= real, f"no such flags: {sorted(set(FLAG.findall(page)) - real)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_dev_commands_in_pages_exist(page: pathlib.Path) -> None:
    usage = subprocess.run([ROOT / "dev"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"^  (\w+)", usage, re.MULTILINE))
    named = set(re.findall(r"\./dev (\w+)", page.read_text()))
    assert named <= known, f"{page.name}: ./dev has no {sorted(named - known)}"
