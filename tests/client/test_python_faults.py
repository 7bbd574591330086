"""Faults around a Python training: servers replaced, disks full, clocks that jump, bad networks.

After each, every series of every run is, bit for bit, what log returned from.
"""

from __future__ import annotations

import datetime
import os
import pathlib
import subprocess
import time
from collections.abc import Iterator

import pytest

from client import training
from harness import processes
from harness.processes import Server
from harness.relay import before_tcp
from harness.rest import Rest

DAY = 86_400


@pytest.fixture
def trainings() -> Iterator[list[subprocess.Popen[str]]]:
    """Those in it are killed if they still live."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for one in started:
        if one.poll() is None:
            one.kill()
            one.communicate()


def test_a_server_replaced_under_load(
    program: pathlib.Path, folder: pathlib.Path, spool: pathlib.Path, trainings: list[subprocess.Popen[str]]
) -> None:
    port = processes.reserve_port()
    command = [program, "serve", "--data", folder / "data", "--http", "127.0.0.1:0", "--grpc", f"127.0.0.1:{port}"]
    server = processes.Process("serve", command, folder)
    server.start()
    try:
        runs = [f"under-load-{i}" for i in range(4)]
        for run in runs:
            init = {"experiment": "replaced", "id": run}
            told = str(folder / run)
            trainings.append(training.start(spool, f"127.0.0.1:{port}", init, 1_000_000, pause=0.002, told=told))
        for _ in range(3):
            for run in runs:
                training.await_told(folder / run)
            assert server.stop() == 0
            server.start()
        for one in trainings:
            assert training.terminate(one) == ""
        training.wait_sent(spool)
        for run in runs:
            training.check_told(Rest(server.ports["http"]), run, folder / run)
        assert server.stop() == 0
    finally:
        server.kill_tree()


# ---- full disks ----


def test_a_full_disk_blocks_log_until_the_server_has_taken_some(
    program: pathlib.Path, folder: pathlib.Path, small_disk: pathlib.Path
) -> None:
    def start(address: str, run: str, calls: int, told: str) -> subprocess.Popen[str]:
        return training.start(small_disk, address, {"experiment": "full-disk", "id": run}, calls, told=told)

    training.check_full_disk(start, program, folder, small_disk)


def test_a_full_disk_drops_calls_and_the_run_says_how_many(
    server: Server, rest: Rest, small_disk: pathlib.Path
) -> None:
    init = {"experiment": "full-disk-drop", "id": "drops", "when_full": "drop", "mode": "offline"}
    status, complaints = training.train(small_disk, server.grpc, init, 40_000)
    assert status == 0 and complaints.count("the spool is full") == 1
    done = training.command(small_disk, server.grpc, "sync", "--server", server.grpc)
    assert done.returncode == 0, done.stdout + done.stderr
    there = len(training.points(rest, "drops", "0/loss"))
    assert 5000 < there < 30_000
    training.check(rest, "drops", 0, range(there))
    training.await_run(rest, "drops", status="finished")
    assert [(w["reason"].startswith("calls of log were dropped"), w["count"]) for w in rest.warnings("drops")] == [
        (True, 40_000 - there)
    ]


# ---- clocks ----


def test_clocks_that_jump_by_a_day(
    server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path, trainings: list[subprocess.Popen[str]]
) -> None:
    """Of the trainer and of its uploader, forth and back and beyond."""
    clock, told = folder / "clock", folder / "told"

    def set_clock(days: int) -> None:
        new = clock.with_suffix(".new")
        new.write_text(str(days * DAY))
        new.replace(clock)

    set_clock(0)
    path = os.pathsep.join([str(pathlib.Path(__file__).with_name("clock")), str(training.PACKAGE)])
    shifted = {"STEPWELL_TEST_CLOCK": str(clock), "PYTHONPATH": path, "STEPWELL_KEEP": "0"}
    init = {"experiment": "clocks", "id": "clocks"}
    trainer = training.start(spool, server.grpc, init, 1_000_000, pause=0.002, told=str(told), environment=shifted)
    trainings.append(trainer)
    for days in (0, 1, 0, -1, 1):
        set_clock(days)
        training.await_told(told, 200)
    assert training.terminate(trainer) == ""
    training.wait_sent(spool)
    training.check_told(rest, "clocks", told)
    run = training.await_run(rest, "clocks", status="killed")
    assert datetime.datetime.fromisoformat(run["finished"].replace("Z", "+00:00")).timestamp() > time.time() + DAY / 2


# ---- networks ----


def port_of(server: Server) -> int:
    return int(server.grpc.rsplit(":", 1)[1])


@pytest.mark.parametrize(("delay", "loss"), [(1.0, 0.0), (0.02, 0.2)], ids=["latency", "loss"])
def test_a_slow_network_delays_and_loses_nothing(
    server: Server, rest: Rest, spool: pathlib.Path, delay: float, loss: float
) -> None:
    relay, address = before_tcp(port_of(server), delay / 2, loss)
    try:
        run = f"slow-{delay}-{loss}"
        assert training.train(spool, address, {"experiment": "networks", "id": run}, 5000) == (0, "")
        training.wait_sent(spool)
        training.check(rest, run, 0, range(5000))
    finally:
        relay.close()


@pytest.mark.parametrize("how", ["part", "cut"])
def test_a_network_that_is_away_for_a_while(
    server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path, how: str,
    trainings: list[subprocess.Popen[str]],
) -> None:  # fmt: skip
    relay, address = before_tcp(port_of(server))
    try:
        run, told = f"away-{how}", folder / "told"
        trainer = training.start(
            spool, address, {"experiment": "networks", "id": run}, 1_000_000, pause=0.001, told=str(told)
        )
        trainings.append(trainer)
        for _ in range(3):
            training.await_told(told, 300)
            relay.part() if how == "part" else relay.cut()
            training.await_told(told, 300)
            relay.mend()
        assert training.terminate(trainer) == ""
        training.wait_sent(spool)
        training.check_told(rest, run, told)
    finally:
        relay.close()


def test_a_connection_that_nobody_ends_is_given_up(
    server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path, trainings: list[subprocess.Popen[str]]
) -> None:
    """A machine that vanished, a firewall that forgot: no end of the connection comes, ever."""
    relay, address = before_tcp(port_of(server))
    try:
        told = folder / "told"
        init = {"experiment": "networks", "id": "vanished"}
        trainer = training.start(spool, address, init, 1_000_000, pause=0.01, told=str(told))
        trainings.append(trainer)
        training.await_run(rest, "vanished", status="running")
        relay.lose()
        training.await_told(told, 100)
        assert training.terminate(trainer) == ""
        training.wait_sent(spool)
        training.check_told(rest, "vanished", told)
    finally:
        relay.close()


@pytest.fixture
def namespace() -> Iterator[tuple[str, str]]:
    """A network namespace and the address of this machine as it sees it. Root alone may make one."""
    name, net = f"stepwell-{os.getpid()}", f"10.213.{os.getpid() % 250}"
    outer, inner = f"sw{os.getpid()}o", f"sw{os.getpid()}i"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode != 0:
        pytest.skip("a network namespace needs root and ip; the relay's faults are tried above")
    try:
        for command in (
            f"ip link add {outer} type veth peer name {inner} netns {name}",
            f"ip addr add {net}.1/30 dev {outer}",
            f"ip link set {outer} up",
            f"ip -n {name} addr add {net}.2/30 dev {inner}",
            f"ip -n {name} link set {inner} up",
            f"ip -n {name} link set lo up",
        ):
            subprocess.run(command.split(), check=True, capture_output=True)
        yield name, f"{net}.1"
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def test_packets_lost_between_network_namespaces(
    server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path, namespace: tuple[str, str],
    trainings: list[subprocess.Popen[str]],
) -> None:  # fmt: skip
    """One in ten packets, then all of them for a second, each way."""
    name, host = namespace
    inside = ["ip", "netns", "exec", name]

    def rule(*arguments: str) -> None:
        made = subprocess.run([*inside, "iptables", *arguments], capture_output=True, text=True)
        if made.returncode != 0 and arguments[0] == "-A":
            pytest.skip(f"no such rule of iptables on this machine: {made.stderr}")

    relay, address = before_tcp(port_of(server), 0.02, host=host)
    try:
        told = folder / "told"
        init = {"experiment": "networks", "id": "namespace"}
        for chain in ("INPUT", "OUTPUT"):
            rule("-A", chain, "-m", "statistic", "--mode", "random", "--probability", "0.1", "-j", "DROP")
        trainer = training.start(spool, address, init, 1_000_000, pause=0.002, told=str(told), before=inside)
        trainings.append(trainer)
        training.await_run(rest, "namespace", status="running")
        for chain in ("INPUT", "OUTPUT"):
            rule("-I", chain, "-j", "DROP")
            training.await_told(told, 300)
            rule("-D", chain, "-j", "DROP")
            training.await_told(told, 300)
        assert training.terminate(trainer) == ""
        training.wait_sent(spool)
        training.check_told(rest, "namespace", told)
    finally:
        relay.close()
