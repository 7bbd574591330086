"""What is captured is what was there, and no secret is in it."""

from __future__ import annotations

import io
import json
import os
import pathlib
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from stepwell import _capture
from stepwell._capture import facts, system
from stepwell._capture.console import LINE_CHARACTERS, Console, Lines
from stepwell._capture.redact import REDACTED, redact, redact_arguments, redact_text


class Recorder:
    """A run that keeps what it is given."""

    def __init__(self) -> None:
        self.logged: list[tuple[dict[str, Any], int | None, float | None]] = []
        self.params: dict[str, Any] = {}

    def log(self, values: dict[str, Any], step: int | None = None, wall: float | None = None) -> None:
        self.logged.append((values, step, wall))

    def log_params(self, params: Mapping[str, Any]) -> None:
        self.params.update(params)

    def of(self, tag: str) -> list[Any]:
        return [values[tag] for values, _, _ in self.logged if tag in values]


SECRETS = [
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "x" * 30,
    "sk-proj-" + "Zz9" * 10,
    "hf_" + "Q" * 34,
    "xoxb-123456789012-abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_told_by_their_form(secret: str) -> None:
    assert redact_text(f"before {secret} after") == f"before {REDACTED} after"
    assert redact({"model": [{"note": f"x {secret}"}]}) == {"model": [{"note": f"x {REDACTED}"}]}


def test_a_password_in_an_address_goes_and_the_address_stays() -> None:
    assert redact_text("postgres://me:hunter2@db/x?a=1") == f"postgres://me:{REDACTED}@db/x?a=1"
    assert redact_text("https://example.com:8080/a@b") == "https://example.com:8080/a@b"


@pytest.mark.parametrize(
    "name",
    ["password", "DB_PASSWORD", "passwd", "apiKey", "api-key", "OPENAI_API_KEY", "client_secret",
     "aws_secret_access_key", "private_key", "credentials", "auth_token", "hf_token", "token", "accessToken"],
)  # fmt: skip
def test_secrets_are_told_by_their_names(name: str) -> None:
    assert redact({name: "correct-horse"}) == {name: REDACTED}
    assert redact_text(f"{name}=correct-horse done") == f"{name}={REDACTED} done"
    assert redact_text(f'"{name}": "correct-horse"') == f'"{name}": "{REDACTED}"'
    assert redact_arguments(["--" + name, "correct-horse", "x"]) == ["--" + name, REDACTED, "x"]
    assert redact_arguments([f"--{name}=correct-horse"]) == [f"--{name}={REDACTED}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_tokens", 4096),
        ("tokens_per_batch", "65536"),
        ("token", 12),
        ("tokenizer", "bert-base-uncased"),
        ("pad_token", "padding-token"),
        ("eos_token", "<|endoftext|>"),
        ("tokenizer_path", "/data/tokenizer.json"),
        ("key", "val/loss"),
        ("monkey", "banana-and-more"),
        ("lr", 0.1),
        ("compass", "north-north-west"),
        ("use_password", True),
        ("password", None),
    ],
)
def test_what_people_train_with_stays(name: str, value: object) -> None:
    assert redact({name: value}) == {name: value}


def test_what_is_below_a_secret_name_is_secret_too() -> None:
    nested = {"credentials": {"user": "me", "pin": 1234, "hosts": ["a"], "on": True}}
    assert redact(nested) == {"credentials": {"user": REDACTED, "pin": REDACTED, "hosts": [REDACTED], "on": True}}


def test_a_circle_is_left_to_who_writes_it() -> None:
    circle: dict[str, Any] = {"a": 1}
    circle["self"] = circle
    assert redact(circle)["a"] == 1


@pytest.mark.parametrize(
    "line",
    [
        "step 100: loss=0.25 tokens/s=1,234",
        "Epoch 1/10 [====>] - ETA: 0:12",
        "saved to s3://bucket/key=abc/model.pt",
        "",
    ],
)
def test_lines_of_a_training_stay_as_they_are(line: str) -> None:
    assert redact_text(line) == line


# ---- console ----


def captured(*writes: str) -> list[tuple[int, str, str]]:
    stream, out = io.StringIO(), []
    console = Console(lambda number, wall, level, text: out.append((number, level, text)), {"stdout": Wrapped(stream)})
    for text in writes:
        console._queue.append(("stdout", 0.0, text))
    console.stop()
    return out


class Wrapped(io.TextIOWrapper):
    """A stream over bytes, as sys.stdout is one."""

    def __init__(self, inner: io.StringIO | None = None) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding="utf-8", write_through=True)


def test_what_is_printed_is_lines_with_levels_and_goes_where_it_went() -> None:
    stream, out = Wrapped(), []
    console = Console(lambda number, wall, level, text: out.append((number, level, text)), {"stdout": stream})
    print("hello", "world", file=stream)
    print("2026-01-01 ERROR it broke", file=stream)
    print("no end", end="", file=stream)
    console.stop()
    print("after", file=stream)
    assert out == [(0, "stdout", "hello world"), (1, "error", "2026-01-01 ERROR it broke"), (2, "stdout", "no end")]
    assert stream.bytes.getvalue() == b"hello world\n2026-01-01 ERROR it broke\nno endafter\n"
    assert "write" not in vars(stream)


def test_a_bar_that_is_drawn_over_itself_is_its_last_state() -> None:
    assert captured("\r 1%", "\r 50%", "\r100%\n", "done\n") == [(0, "stdout", "100%"), (1, "stdout", "done")]
    assert captured("\x1b[31mred\x1b[0m\n\x1b]0;title\x07x\n") == [(0, "stdout", "red"), (1, "stdout", "x")]
    lines = Lines("stdout")
    for _ in range(1000):
        lines.feed("\r" + "x" * 1000)
    assert len(lines._rest) <= 4 * LINE_CHARACTERS
    assert captured("a\r\nb\r\n") == [(0, "stdout", "a"), (1, "stdout", "b")]


def test_a_flood_is_bounded_and_counted() -> None:
    out = captured("".join(f"line {i}\n" for i in range(50_000)))
    assert out[0] == (0, "stdout", "line 0")
    assert len(out) < 5000
    told = [text for _, level, text in out if level == "warning" and "lines were left out" in text]
    left_out = sum(int(text.partition(" ")[0].replace(",", "")) for text in told)
    assert told and left_out + len(out) - len(told) == 50_000


def test_secrets_do_not_leave_by_the_console() -> None:
    assert captured("export OPENAI_API_KEY=abcdefgh12345678\n")[0][2] == f"export OPENAI_API_KEY={REDACTED}"


def test_a_stream_that_was_wrapped_before_is_given_back_as_it_was() -> None:
    stream, seen = Wrapped(), []
    before = stream.write

    def mine(text: str) -> int:
        seen.append(text)
        return before(text)

    stream.write = mine  # type: ignore[method-assign]
    console = Console(lambda *_: None, {"stdout": stream})
    console.stop()
    assert stream.write is mine


# ---- facts ----


def test_the_environment_is_read_by_names_that_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setenv("MY_PRIVATE_THING", "x")
    monkeypatch.setenv("TEAM_A", "y")
    monkeypatch.setenv("SLURM_PASSWORD", "z")
    monkeypatch.setenv("STEPWELL_CAPTURE_ENV", "TEAM_*")
    found = facts.environment()["environment"]
    assert found["CUDA_VISIBLE_DEVICES"] == "0,1" and found["TEAM_A"] == "y" and found["SLURM_PASSWORD"] == REDACTED
    assert "MY_PRIVATE_THING" not in found and "PATH" not in found


@pytest.fixture
def repository(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-b", "trunk")
    (tmp_path / "train.py").write_text("lr = 0.1\n")
    git("add", ".")
    git("commit", "-m", "first")
    git("remote", "add", "origin", "https://me:hunter2@example.com/repo.git")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(facts, "script", lambda: None)
    return tmp_path


def test_git_tells_commit_branch_and_what_is_not_committed(repository: pathlib.Path) -> None:
    clean, diff = facts.git()
    assert clean["git"]["branch"] == "trunk" and len(clean["git"]["commit"]) == 40
    assert clean["git"]["dirty"] is False and diff == ""
    assert clean["git"]["remote"] == f"https://me:{REDACTED}@example.com/repo.git"
    (repository / "train.py").write_text("lr = 0.2\napi_key = 'abcdefgh12345678'\n")
    dirty, diff = facts.git()
    assert dirty["git"]["dirty"] is True and "+lr = 0.2" in diff and "abcdefgh12345678" not in diff


def test_a_large_diff_is_cut_off_and_says_so(repository: pathlib.Path) -> None:
    (repository / "train.py").write_text("a line\n" * 400_000)
    _, diff = facts.git()
    assert facts.DIFF_BYTES < len(diff) < facts.DIFF_BYTES + 200 and "cut off" in diff


def test_a_folder_without_a_repository_has_no_git(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(facts, "script", lambda: None)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert facts.git() == ({}, "")


def test_a_run_gets_its_facts_as_parameters_and_as_a_document(repository: pathlib.Path) -> None:
    run = Recorder()
    capture = _capture.start(run, {"git", "packages", "host", "command"})
    assert capture is not None
    capture.stop(60)
    (text,) = run.of("stepwell/environment")
    document = json.loads(text)
    assert document["packages"]["pytest"] == pytest.__version__
    assert document["host"]["cpus"] == os.cpu_count() and document["command"][0] == sys.orig_argv[0]
    assert run.params["stepwell.git.commit"] == document["git"]["commit"]
    assert run.params["stepwell.python"] == ".".join(map(str, sys.version_info[:3]))


def test_nothing_is_captured_that_was_not_asked_for() -> None:
    assert _capture.start(Recorder(), False) is None
    assert _capture.start(Recorder(), set()) is None
    assert _capture.wanted(True) == _capture.NAMES
    with pytest.raises(ValueError, match=r"\['gpu'\]; there are \['command'"):
        _capture.start(Recorder(), {"gpu"})


def test_a_child_of_a_fork_prints_for_itself(capfd: pytest.CaptureFixture[str]) -> None:
    run = Recorder()
    stream = Wrapped()
    capture = _capture.Capture(run, frozenset())
    capture._console = Console(capture._print, {"stdout": stream})
    child = os.fork()
    if child == 0:
        os._exit(0 if "write" not in vars(stream) and not capture._console._queue else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert "write" in vars(stream)
    capture.stop()


# ---- system metrics ----


def test_a_sample_tells_of_machine_and_process() -> None:
    sampler = system.Sampler()
    first = sampler.sample()
    assert first["system/process/memory_bytes"] > 1 << 20 and 0 < first["system/memory/percent"] < 100
    assert "system/cpu/percent" not in first
    sum(i * i for i in range(2_000_000))
    second = sampler.sample()
    assert second["system/process/cpu_percent"] > 0 and second["system/process/count"] >= 1
    assert all(isinstance(value, float) and value >= 0 for value in second.values()), second


def test_processes_below_are_counted() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in system.family(os.getpid())
        child.communicate(b"\n")


def test_samples_come_until_it_is_stopped() -> None:
    enough, numbers = threading.Event(), []

    def emit(number: int, wall: float, metrics: dict[str, float]) -> None:
        numbers.append(number)
        if number == 2:
            enough.set()

    metrics = system.SystemMetrics(emit, period=0.01)
    assert enough.wait(30)
    assert metrics.stop(30) and numbers[:3] == [0, 1, 2]


def test_gpus_are_told_with_their_uuid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "output_of", lambda *_: "A100, 40960, 550.1, GPU-7\nold, [N/A]\n")
    assert facts.gpus() == [
        {"name": "A100", "memory_bytes": 40 << 30, "driver": "550.1", "uuid": "GPU-7"},
        {"name": "old", "memory_bytes": None, "driver": "", "uuid": ""},
    ]


def test_what_the_vendors_tools_print_is_read() -> None:
    assert system.parse_nvidia("0, 87, 1024, 40, 65, 250.5\n1, [N/A], 0, 0, 30, [N/A]\n") == {
        "gpu/0/percent": 87, "gpu/0/memory_bytes": 1 << 30, "gpu/0/memory_percent": 40,
        "gpu/0/temperature_celsius": 65, "gpu/0/power_watts": 250.5,
        "gpu/1/memory_bytes": 0, "gpu/1/memory_percent": 0, "gpu/1/temperature_celsius": 30,
    }  # fmt: skip
    amd = {
        "card0": {"GPU use (%)": "12", "Average Graphics Package Power (W)": "N/A"},
        "system": {"Driver version": "6"},
    }
    assert system.parse_amd(json.dumps(amd)) == {"gpu/0/percent": 12}
    assert system.parse_nvidia("") == system.parse_amd("no json") == {}
