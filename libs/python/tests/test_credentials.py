"""Tokens are found for their server, and only their owner can read them."""

from __future__ import annotations

import io
import pathlib
import stat

import pytest

from stepwell import credentials
from stepwell.__main__ import main


@pytest.fixture(autouse=True)
def file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.delenv("STEPWELL_TOKEN", raising=False)
    monkeypatch.delenv("STEPWELL_SERVER", raising=False)
    path = tmp_path / "deep" / "credentials.json"
    monkeypatch.setenv("STEPWELL_CREDENTIALS", str(path))
    return path


def test_a_token_is_kept_for_its_server_in_a_file_of_its_owner(file: pathlib.Path) -> None:
    credentials.store("Tracker.example:7008", "abc")
    credentials.store("other.example:7008", "def")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert credentials.token_for("tracker.example:7008") == "abc"
    assert credentials.token_for("http://tracker.example:7007/") == "abc"
    assert credentials.token_for("unknown.example:7008") is None
    credentials.store("tracker.example:7008", None)
    assert credentials.token_for("tracker.example:7008") is None
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_two_tokens_of_one_host_are_told_apart_by_its_ports(file: pathlib.Path) -> None:
    credentials.store("h:1", "a")
    credentials.store("h:2", "b")
    assert (credentials.token_for("h:1"), credentials.token_for("h:2"), credentials.token_for("h:3")) == (
        "a",
        "b",
        None,
    )


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    credentials.store("h:1", "a")
    monkeypatch.setenv("STEPWELL_TOKEN", "mine")
    assert credentials.token_for("h:1") == "mine"


def test_a_damaged_file_is_no_token_and_can_be_replaced(file: pathlib.Path) -> None:
    file.parent.mkdir()
    for damage in ("{", "[]", '{"servers": 3}', '{"servers": {"h:1": 3}}'):
        file.write_text(damage)
        assert credentials.token_for("h:1") is None
    credentials.store("h:1", "a")
    assert credentials.token_for("h:1") == "a"


def test_login_stores_what_it_is_given(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("secret-token\n"))
    assert credentials.login(["h:7008", "--token-stdin"]) == 0
    assert credentials.token_for("h:7008") == "secret-token"
    out = capsys.readouterr()
    assert "h:7008" in out.out and "secret-token" not in out.out + out.err
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert credentials.login(["h:7008", "--token-stdin"]) == 1
    assert credentials.login(["h:7008", "--logout"]) == 0
    assert credentials.token_for("h:7008") is None
    with pytest.raises(SystemExit) as ended:
        credentials.login(["", "--token-stdin"])
    assert ended.value.code == 2


def test_login_is_a_command_of_the_package(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a-token\n"))
    assert main(["login", "h:7008", "--token-stdin"]) == 0
    assert credentials.token_for("h:7008") == "a-token"
    assert main(["--help"]) == 0 and "login" in capsys.readouterr().out
    assert main([]) == main(["nothing"]) == 2
