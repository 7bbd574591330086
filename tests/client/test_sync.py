"""`stepwell sync` sends what clients left in their spools, as the Python package's uploader does."""

from __future__ import annotations

import hashlib
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from client import training
from client.syncing import Watch, copy_as, sync
from harness import processes
from harness.processes import Server
from harness.rest import Rest

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def spool() -> Iterator[pathlib.Path]:
    with processes.folder("stepwell-spool-") as path:
        yield path
        training.stop_uploader(path)


def await_status(rest: Rest, run: str, status: str) -> None:
    """Until the lists say it: they follow what was acknowledged a moment later."""
    deadline = time.monotonic() + 30
    while (seen := rest.get(f"/api/v1/runs/{run}")["status"]) != status:
        assert time.monotonic() < deadline, f"{seen}, not {status}"
        time.sleep(0.05)


def content(rest: Rest, run: str) -> dict[str, Any]:
    """Everything that a run has, its blobs as digests of their bytes."""

    def whole(value: Any) -> Any:
        if isinstance(value, list):
            return [whole(one) for one in value]
        if isinstance(value, dict):
            return {k: hashlib.sha256(rest.blob(v)).hexdigest() if k == "blob" else whole(v) for k, v in value.items()}
        return value

    about = rest.get(f"/api/v1/runs/{run}")
    series = {}
    for one in rest.series(run):
        told = {key: one[key] for key in ("kind", "plugin", "value_type", "content") if key in one}
        points = rest.points(run, one["tag"], kind=one["kind"])
        series[one["tag"], one["kind"]] = (told, [whole(point) for point in points])
    return {"series": series, "warnings": rest.warnings(run), **{k: about[k] for k in ("params", "labels", "status")}}


def log_offline(spool: pathlib.Path, experiment: str) -> None:
    """A run with values of all types, in a spool of several segments."""
    script = training.HERE / "value_trainer.py"
    init = {"experiment": experiment, "mode": "offline", "params": {"lr": 0.5}, "labels": {"team": "vision"}}
    environment = training.environment(spool, NOWHERE, STEPWELL_SPOOL_MAX="400m")
    done = subprocess.run([sys.executable, str(script), json.dumps(init)], env=environment, text=True,
                          capture_output=True, timeout=training.LONGEST, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_values_of_all_types_are_those_that_pythons_uploader_sends(
    program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path
) -> None:
    log_offline(spool, "sync-types")
    roots = {name: folder / name for name in ("native", "python")}
    for name, root in roots.items():
        root.mkdir()
        copy_as(spool, root, f"sync-types-{name}")
    done = sync(program, roots["native"], "--server", server.grpc, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["sent"], told["live"], told["kept"], told["warnings"]) == (1, 0, [], [])
    other = training.command(roots["python"], server.grpc, "sync", "--server", server.grpc)
    assert other.returncode == 0, other.stdout + other.stderr
    for name, root in roots.items():
        assert training.spools(root) == []
        await_status(rest, f"sync-types-{name}", "finished")
    native, python = (content(rest, f"sync-types-{name}") for name in roots)
    assert native == python
    assert len(native["series"]) > 20 and len(native["series"]["loss", "scalar"][1]) == 6000
    assert told["points"] == sum(len(points) for _, points in native["series"].values())
    assert sync(program, roots["native"], "--server", server.grpc).returncode == 0


def test_a_run_that_died_is_told_as_crashed(
    program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path
) -> None:
    init = {"experiment": "sync-torn", "id": "sync-torn", "mode": "offline"}
    process = training.start(spool, NOWHERE, init, 100, end="hang")
    assert process.stdout and process.stdout.readline() == "ready\n"
    alive = sync(program, spool, "--server", server.grpc, "--json")
    assert alive.returncode == 0 and json.loads(alive.stdout)["live"] == 1, alive.stdout + alive.stderr
    training.check(rest, "sync-torn", 0, range(100))
    process.kill()
    process.communicate(timeout=30)
    (folder,) = training.spools(spool)
    with (folder / "00000001.seg").open("ab") as segment:
        segment.write(b"\x40\x00\x00\x00torn")
    assert sync(program, spool, "--server", server.grpc).returncode == 0
    await_status(rest, "sync-torn", "crashed")
    training.check(rest, "sync-torn", 0, range(100))
    assert ["8 bytes" in w["reason"] for w in rest.warnings("sync-torn")] == [True]
    assert training.spools(spool) == []


def test_what_is_not_sent_is_named_and_kept(
    program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path
) -> None:
    for run in ("sync-away", "sync-deleted"):
        init = {"experiment": "sync-kept", "id": run, "name": run, "mode": "offline"}
        assert training.train(spool, NOWHERE, init, 10) == (0, "")
    away = sync(program, spool, "--patience", "500ms")
    assert away.returncode == 1
    assert away.stderr.count(f"server {NOWHERE} did not answer") == 2 and "kept 2" in away.stdout
    newer = spool / "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    newer.mkdir()
    (newer / "writer.json").write_text('{"format": 2}')
    opened = training.command(spool, server.grpc, "status")
    assert opened.returncode != 2  # whatever it says of a newer format
    training_of_deleted(rest, server, spool)
    mixed = sync(program, spool, "--server", server.grpc, "--json")
    assert mixed.returncode == 1, mixed.stdout + mixed.stderr
    reasons = {pathlib.Path(kept["folder"]).name: kept["reason"] for kept in json.loads(mixed.stdout)["kept"]}
    assert "format 2" in reasons.pop(newer.name)
    (deleted,) = reasons.values()
    assert "was deleted" in deleted
    training.check(rest, "sync-away", 0, range(10))
    rest.post("/api/v1/runs/sync-deleted:restore", {})
    shutil.rmtree(newer)
    assert sync(program, spool, "--server", server.grpc).returncode == 0
    training.check(rest, "sync-deleted", 0, range(10))


def training_of_deleted(rest: Rest, server: Server, spool: pathlib.Path) -> None:
    """Makes the run `sync-deleted` and deletes it."""
    with processes.folder("stepwell-spool-") as other:
        init = {"experiment": "sync-kept", "id": "sync-deleted", "name": "sync-deleted", "writer": "other"}
        assert training.train(other, server.grpc, init, 0) == (0, "")
        training.wait_sent(other)
        training.stop_uploader(other)
    rest.json("DELETE", "/api/v1/runs/sync-deleted")


def test_what_the_server_refuses_is_told_and_the_rest_goes_in(
    program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path
) -> None:
    log_offline(spool, "sync-refused")
    lost = max((blob for blob in spool.rglob("*.blobs/*")), key=lambda path: path.stat().st_size)
    lost.unlink()
    done = sync(program, spool, "--server", server.grpc, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (warning,) = json.loads(done.stdout)["warnings"]
    assert "refused by the server" in warning["reason"] and lost.name[:16] in warning["reason"]
    (run,) = rest.runs("sync-refused").values()
    assert len(rest.points(run["id"], "image/large")) == 2 and len(rest.points(run["id"], "loss")) == 6000


def test_mistakes_are_told(program: pathlib.Path, spool: pathlib.Path) -> None:
    wrong = sync(program, spool / "nowhere", "--idle", "soon")
    assert wrong.returncode == 2
    assert "nowhere is not there" in wrong.stderr and "--idle" in wrong.stderr
    assert "Example: stepwell sync" in sync(program, spool, "--help").stdout
    assert sync(program, spool).returncode == 0


def test_two_at_once_and_a_living_uploader(
    program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path
) -> None:
    for run in ("sync-two-a", "sync-two-b"):
        init = {"experiment": "sync-two", "id": run, "name": run, "mode": "offline"}
        assert training.train(spool, server.grpc, init, 3000) == (0, "")
    both = [subprocess.Popen([str(program), "sync", str(spool), "--patience", "60s"], env=processes.clean_environment(),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]  # fmt: skip
    for process in both:
        out, complaints = process.communicate(timeout=training.LONGEST)
        assert process.returncode == 0, out + complaints
    for run in ("sync-two-a", "sync-two-b"):
        training.check(rest, run, 0, range(3000))
    with Watch(program, spool) as watch:
        init = {"experiment": "sync-two", "id": "sync-two-c", "mode": "offline"}
        assert training.train(spool, server.grpc, init, 100) == (0, "")
        left = sync(program, spool, "--patience", "60s")
        assert left.returncode == 0 and "is left to it" in left.stderr, left.stdout + left.stderr
        assert watch.stop() == 0
    training.check(rest, "sync-two-c", 0, range(100))


def test_watch_sends_while_it_is_logged(program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path) -> None:
    with Watch(program, spool) as watch:
        init = {"experiment": "sync-watch", "id": "sync-watch", "name": "sync-watch"}
        process = training.start(spool, server.grpc, init, 200, end="hang")
        try:
            assert process.stdout and process.stdout.readline() == "ready\n"
            deadline = time.monotonic() + 30
            while there(rest, "sync-watch", "0/loss") < 200:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            assert training.uploader_pid(spool) is None, "Python's uploader leaves it to the one that lives"
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
        finally:
            process.kill()
            process.communicate()
        training.wait_sent(spool)
        assert watch.stop() == 0
    training.check(rest, "sync-watch", 0, range(200))
    await_status(rest, "sync-watch", "killed")


def test_watch_ends_when_nothing_is_there(program: pathlib.Path, server: Server, spool: pathlib.Path) -> None:
    init = {"experiment": "sync-idle", "id": "sync-idle", "mode": "offline"}
    assert training.train(spool, server.grpc, init, 10) == (0, "")
    (offline,) = training.spools(spool)
    done = sync(program, spool, "--watch", "--idle", "200ms")
    assert done.returncode == 0, done.stdout + done.stderr
    assert training.spools(spool) == [offline]


def there(rest: Rest, run: str, tag: str) -> int:
    """Points of a series that may not be there yet."""
    reply = rest.call("GET", f"/api/v1/runs/{run}/points", {"tag": tag})
    return len(reply.json()["items"]) if reply.status == 200 else 0
