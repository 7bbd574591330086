"""`stepwell upload` once: what it reports, what it adds when it runs again, and what a kill leaves."""

from __future__ import annotations

import json
import pathlib
import random
import signal
import subprocess
import time

from conftest import Upload, upload_to
from harness import event_file, processes
from harness.event_file import EventFile
from harness.processes import Server
from harness.rest import Rest

START = 1700000000.0


def curve(count: int, first: int = 0) -> list[tuple[int, float, float]]:
    return [(step, START + step / 8, (step % 1000) / 8) for step in range(first, first + count)]


def steps(rest: Rest, experiment: str, run: str, tag: str = "loss") -> list[int]:
    return [p["step"] for p in rest.points(rest.runs(experiment)[run]["id"], tag)]


def report(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stdout + done.stderr
    parsed: dict[str, object] = json.loads(done.stdout)
    return parsed


def test_run_again_it_adds_only_what_is_new(folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    file = EventFile(folder / "logs" / "run")
    file.scalars("loss", curve(100))
    first = report(upload(folder / "logs", "again", "--json"))
    assert (first["runs"], first["new_runs"], first["series"], first["points"]) == (1, 1, 1, 100)
    second = report(upload(folder / "logs", "again", "--json"))
    assert (second["new_runs"], second["series"], second["points"]) == (0, 0, 0)
    file.scalars("loss", curve(10, 100))
    third = report(upload(folder / "logs", "again", "--json"))
    assert third["points"] == 10
    assert steps(rest, "again", "run") == list(range(110))
    assert rest.runs("again")["run"]["status"] == "finished"


def test_a_damaged_record_is_reported_with_file_and_offset(folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    file = EventFile(folder / "logs" / "run")
    file.scalars("loss", curve(3))
    offset = file.path.stat().st_size
    bad = bytearray(
        event_file.record(event_file.event(START, 3, event_file.message(5, event_file.scalar_value("loss", 1))))
    )
    bad[20] ^= 1
    file.append_raw(bytes(bad))
    file.scalars("loss", curve(2, 4))
    done = report(upload(folder / "logs", "damaged", "--json"))
    assert steps(rest, "damaged", "run") == [0, 1, 2, 4, 5]
    warnings: list[dict[str, object]] = done["warnings"]  # type: ignore[assignment]
    (warning,) = warnings
    assert (warning["run"], warning["file"], warning["offset"]) == ("run", file.path.name, offset)
    kept = rest.warnings(rest.runs("damaged")["run"]["id"])
    assert [(w["file"], w["offset"]) for w in kept] == [(file.path.name, offset)]


def test_a_kill_in_the_middle_loses_and_doubles_nothing(
    folder: pathlib.Path, program: pathlib.Path, server: Server, rest: Rest
) -> None:
    for run in ("a", "b"):
        file = EventFile(folder / "logs" / run)
        file.scalars("loss", curve(300_000))
        file.scalars("acc", curve(300_000))
    command = [program, "upload", folder / "logs", "--experiment", "killed", "--server", server.grpc]
    chance = random.Random(5)
    kills = 0
    for _ in range(40):
        process = subprocess.Popen(
            [str(c) for c in command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=processes.clean_environment(),
        )
        try:
            process.wait(chance.uniform(0.02, 0.1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        else:
            break
    assert kills > 0
    done = upload_to(program, server, folder / "logs", "killed")
    assert done.returncode == 0, done.stdout + done.stderr
    for run in ("a", "b"):
        for tag in ("loss", "acc"):
            points = rest.points(rest.runs("killed")[run]["id"], tag)
            assert [(p["step"], p["wall"], p["value"]) for p in points] == curve(300_000)


def test_a_server_that_is_killed_and_comes_back_is_waited_for(
    folder: pathlib.Path, program: pathlib.Path, fresh_server: Server
) -> None:
    EventFile(folder / "logs" / "run").scalars("loss", curve(150_000))
    upload_to(program, fresh_server, folder / "logs", "first")  # connects once, so that the server is known
    port = fresh_server.grpc.rpartition(":")[2]
    process = subprocess.Popen(
        [str(program), "upload", str(folder / "logs"), "--experiment", "outage", "--server", fresh_server.grpc],
        env=processes.clean_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.15)  # anywhere in the middle; the promise is the same wherever this lands
    fresh_server.kill_tree()
    fresh_server.command[fresh_server.command.index("--grpc") + 1] = f"127.0.0.1:{port}"
    fresh_server.start()
    assert process.wait(120) == 0
    assert steps(Rest(fresh_server.http), "outage", "run") == list(range(150_000))


def test_wrong_use_is_2_and_a_server_that_is_not_there_is_1(folder: pathlib.Path, program: pathlib.Path) -> None:
    EventFile(folder / "logs").scalars("loss", curve(1))
    assert processes.run([program, "upload", folder / "logs"]).returncode == 2
    missing = processes.run([program, "upload", folder / "none", "--experiment", "x"])
    assert missing.returncode == 2
    assert "none" in missing.stderr
    away = processes.run([program, "upload", folder / "logs", "--experiment", "x", "--server", "127.0.0.1:1"])
    assert away.returncode == 1
    assert "127.0.0.1:1" in away.stderr


def test_a_run_that_was_deleted_stays_deleted(folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    file = EventFile(folder / "logs" / "gone")
    file.scalars("loss", curve(3))
    EventFile(folder / "logs" / "kept").scalars("loss", curve(3))
    assert upload(folder / "logs", "deleted").returncode == 0
    run = rest.runs("deleted")["gone"]["id"]
    assert rest.call("DELETE", f"/api/v1/runs/{run}").status < 300
    file.scalars("loss", curve(3, 3))
    done = upload(folder / "logs", "deleted")
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(rest.runs("deleted")) == ["kept"]
