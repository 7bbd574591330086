"""`stepwell serve`: how it starts, refuses to start, stops, and what a kill leaves."""

from __future__ import annotations

import pathlib
import socket
import time

from conftest import upload_to
from harness import processes
from harness.event_file import EventFile
from harness.processes import Server
from harness.rest import Rest

START = 1700000000.0


def curve(count: int, first: int = 0) -> list[tuple[int, float, float]]:
    return [(step, START + step, float(step)) for step in range(first, first + count)]


def serve(program: pathlib.Path, data: pathlib.Path, *arguments: object) -> tuple[int, str]:
    """A start that must fail: exit status and what it said."""
    command = [program, "serve", "--data", data, *arguments]
    for flag in ("--http", "--grpc"):
        command += [] if flag in arguments else [flag, "127.0.0.1:0"]
    done = processes.run(command, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_a_port_that_is_taken_is_named_with_its_flag(program: pathlib.Path, folder: pathlib.Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for flag in ("--http", "--grpc"):
            status, said = serve(program, folder / f"data{flag}", flag, f"127.0.0.1:{port}")
            assert status == 1
            assert str(port) in said
            assert flag in said


def test_a_second_instance_is_refused_at_once_and_harms_nothing(program: pathlib.Path, fresh_server: Server) -> None:
    start = time.monotonic()
    status, said = serve(program, fresh_server.data)
    assert status == 1
    assert str(fresh_server.data) in said
    assert time.monotonic() - start < 5
    assert Rest(fresh_server.http).call("GET", "/readyz").status == 200


def test_a_newer_data_folder_is_refused_with_the_way_out(program: pathlib.Path, fresh_server: Server) -> None:
    fresh_server.stop()
    (fresh_server.data / "format").write_text("999\n")
    status, said = serve(program, fresh_server.data)
    assert status == 1
    assert "999" in said
    assert "newer" in said


def test_a_clean_stop_takes_less_than_ten_seconds_and_keeps_everything(
    program: pathlib.Path, fresh_server: Server, folder: pathlib.Path
) -> None:
    EventFile(folder / "logs" / "run").scalars("loss", curve(5000))
    assert upload_to(program, fresh_server, folder / "logs", "kept").returncode == 0
    start = time.monotonic()
    assert fresh_server.stop() == 0
    assert time.monotonic() - start < 10
    assert not fresh_server.port_file.exists()
    fresh_server.start()
    rest = Rest(fresh_server.http)
    points = rest.points(rest.runs("kept")["run"]["id"], "loss")
    assert [(p["step"], p["wall"], p["value"]) for p in points] == curve(5000)


def test_kill_9_of_the_whole_tree_keeps_what_was_acknowledged(
    program: pathlib.Path, fresh_server: Server, folder: pathlib.Path
) -> None:
    file = EventFile(folder / "logs" / "run")
    total = 0
    for _ in range(3):
        file.scalars("loss", curve(3000, total))
        total += 3000
        assert upload_to(program, fresh_server, folder / "logs", "killed").returncode == 0
        fresh_server.kill_tree()
        fresh_server.start()
    rest = Rest(fresh_server.http)
    points = rest.points(rest.runs("killed")["run"]["id"], "loss")
    assert [p["step"] for p in points] == list(range(total))


def test_log_directories_are_followed_into_experiments_of_their_names(
    program: pathlib.Path, folder: pathlib.Path
) -> None:
    file = EventFile(folder / "mnist" / "run")
    file.scalars("loss", curve(3))
    server = Server(program, folder, folder / "mnist")
    server.start()
    try:
        rest = Rest(server.http)

        def steps() -> list[int]:
            names = [e["name"] for e in rest.items("/api/v1/experiments")]
            runs = rest.runs("mnist") if "mnist" in names else {}
            if "run" not in runs:
                return []
            # The run is there before its first points are.
            reply = rest.call("GET", f"/api/v1/runs/{runs['run']['id']}/points", {"tag": "loss"})
            return [p["step"] for p in reply.json()["items"]] if reply.status == 200 else []

        for total in (3, 5):
            deadline = time.monotonic() + 20
            while steps() != list(range(total)):
                assert time.monotonic() < deadline, server.tail()
                time.sleep(0.05)
            file.scalars("loss", curve(2, total))
        assert server.stop() == 0
    finally:
        server.kill_tree()


def test_an_unknown_setting_names_the_nearest(program: pathlib.Path, folder: pathlib.Path) -> None:
    (folder / "c.toml").write_text('htpp = "127.0.0.1:0"\n')
    status, said = serve(program, folder / "data", "--config", folder / "c.toml")
    assert status == 2
    assert "c.toml:1" in said
    assert '"http"' in said


def test_export_is_whole_and_exact(program: pathlib.Path, fresh_server: Server, folder: pathlib.Path) -> None:
    EventFile(folder / "logs" / "run").scalars("a,b", [(1, START, 0.5), (2, START + 0.25, float("nan"))])
    assert upload_to(program, fresh_server, folder / "logs", "out").returncode == 0
    run = Rest(fresh_server.http).runs("out")["run"]["id"]
    out = folder / "points.csv"
    done = processes.run([program, "export", run, "--out", out, "--server", fresh_server.http])
    assert done.returncode == 0, done.stderr
    lines = out.read_bytes().decode().split("\r\n")
    assert lines[0] == "run,tag,kind,step,wall,value"
    rows = [line.rsplit(",", 3)[1:] for line in lines[1:3]]
    assert [(row[0], float(row[1]), row[2]) for row in rows] == [
        ("1", 1700000000.0, "0.5"),
        ("2", 1700000000.25, "NaN"),
    ]
    assert lines[1].startswith(f'{run},"a,b",scalar,')
    done = processes.run([program, "runs", "out", "--json", "--server", fresh_server.http])
    assert run in done.stdout


def test_doctor_finds_nothing_wrong_with_a_running_server(program: pathlib.Path, fresh_server: Server) -> None:
    done = processes.run([program, "doctor", "--data", fresh_server.data, "--http", fresh_server.http, "--json"])
    assert done.returncode == 0, done.stdout
