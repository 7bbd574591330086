"""Logs the runs that run.spec.ts and compare.spec.ts look at, by the Python client with all that it captures by itself.

log_runs.py EXPERIMENT FOLDER: two trainings whose code is a repository in FOLDER with changes that are not committed,
and one run of three ranks. STEPWELL_SERVER and STEPWELL_DIR say where to. What is captured is the repository of the
script that was started, so this file is copied there.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import pathlib
import shutil
import subprocess
import sys
import threading
import time

OPTIM = "def make(cfg):\n    warmup = 2500\n    return AdamW(cfg), warmup\n"
BEGAN = time.time() - 3600


def repository(folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    git = ["git", "-C", str(folder), "-c", "user.name=test", "-c", "user.email=test@example.org"]
    (folder / "optim.py").write_text(OPTIM)
    shutil.copy(__file__, folder / "train.py")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "Training"]):
        subprocess.run([*git, *command], check=True)


def train(experiment: str, name: str, lr: float, arch: str) -> None:
    import stepwell

    params = {"optim": {"lr": lr}, "model": {"arch": arch}, "epochs": 3}
    with stepwell.init(experiment=experiment, name=name, params=params) as run:
        for step in range(400):
            part = step / 400
            run.log({"train/loss": (5 - 100 * lr) * math.exp(-3 * part) + 0.5}, step=step)
            if step % 20 == 0:
                run.log({"val/acc": 0.8 * part + lr}, step=step)
                print(f"step {step} of {name}")
        print("ERROR the loader is empty", file=sys.stderr)
        run.finish(wait=60)


def ranks(experiment: str, run_id: str, rank: int) -> None:
    import stepwell

    run = stepwell.init(
        experiment=experiment, name="ranks", id=run_id, writer=f"rank-{rank}", primary=rank == 0, capture=False
    )
    for i in range(360):
        if 150 <= i < 180:
            continue  # all were silent for five minutes
        wall = BEGAN + 10 * i
        busy = 60.0 if rank == 2 and i > 220 else 97.0
        line = f"rank {rank} line {i}"
        run.log({"system/gpu/0/percent": busy, "stepwell/console": ["stdout", line]}, step=i, wall=wall)
        if rank == 0:
            run.log({"train/loss": 1.0 / (1 + i)}, step=i, wall=wall)
    run.finish(wait=60)


def cluster(experiment: str, hosts: int, gpus: int) -> None:
    """One run of a rank for each GPU; each rank measures all of its machine. The last GPU of the last machine is slow."""
    import stepwell

    run_id = f"CLUSTER{time.time_ns()}"
    for rank in range(hosts * gpus):
        host, local = divmod(rank, gpus)
        document = {
            "host": {"name": f"node-{host}"},
            "gpus": [{"name": "A100", "uuid": f"GPU-{host}-{gpu}"} for gpu in range(gpus)],
            "environment": {"LOCAL_RANK": str(local)},
        }
        run = stepwell.init(
            experiment=experiment, name="cluster", id=run_id, writer=f"rank-{rank}", primary=rank == 0, capture=False
        )
        run.log({"stepwell/environment": json.dumps(document)}, step=0, wall=BEGAN)
        for i in range(120):
            slow = (host, i > 60) == (hosts - 1, True)
            busy = {
                f"system/gpu/{gpu}/percent": 60.0 if slow and gpu == gpus - 1 else 96.0 + math.sin(i + gpu)
                for gpu in range(gpus)
            }
            run.log(busy, step=i, wall=BEGAN + 10 * i + rank / 100)
        run.finish(wait=60)


def live(experiment: str, names: list[str]) -> None:
    """Logs to runs, in step, until whoever started it closes its input or ends."""
    import stepwell

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    with contextlib.ExitStack() as stack:
        runs = [
            stack.enter_context(
                stepwell.init(experiment=experiment, name=name, params={"max_steps": 100_000}, capture=False)
            )
            for name in names
        ]
        for i in itertools.count():
            for k, run in enumerate(runs, 1):
                run.log({"stepwell/console": ["stdout", f"line {i}"], "train/loss": k / (1 + i)}, step=i)
            if i >= 200 and ended.wait(0.2):
                return


def wide(experiment: str, runs: int, params: int) -> None:
    """Many parameters: run k has k + i in parameter i."""
    import stepwell

    for k in range(runs):
        values = {f"p{i:03}": k + i for i in range(params)}
        labels = {"parity": "odd" if k % 2 else "even"}
        name = f"run-{k:03}"
        with stepwell.init(experiment=experiment, name=name, params=values, labels=labels, capture=False) as run:
            for step in range(50):
                run.log({"train/loss": (k + 1) / (step + 1), "val/acc": step / 50 + k / 100}, step=step)


def story(experiment: str, run_id: str, part: int) -> None:
    """A run that goes on, is rewound, has NaN, and is forked: a process for each of its parts."""
    import stepwell

    steps = (range(100), range(100, 200), range(120, 300))[part]
    run = stepwell.init(
        experiment=experiment, name="story", id=run_id, capture=False, rewind_to=120 if part == 2 else None
    )
    for step in steps:
        wall = BEGAN + 600 * part + step
        run.log({"train/loss": math.nan if step >= 250 else 1.0 / (1 + step)}, step=step, wall=wall)
    run.finish("failed" if part == 2 else "finished", wait=60)
    if part == 2:
        with stepwell.init(experiment=experiment, name="fork", fork_from=(run_id, 50), capture=False) as fork:
            fork.log({"train/loss": 0.5}, step=50)
            fork.finish(wait=60)


def files(experiment: str) -> None:
    """Bytes of every kind, and names that nobody should trust."""
    import stepwell

    red, blue = [[[1.0, 0.0, 0.0]] * 8] * 8, [[[0.0, 0.0, 1.0]] * 8] * 8
    page = "<style>h1 { color: teal }</style><h1>Report</h1><script>document.body.append('ran')</script>"
    with stepwell.init(experiment=experiment, name="files", capture=False) as run:
        for step in (0, 100):
            values: dict[str, object] = {
                "samples/val": [stepwell.Image(red), stepwell.Image(blue)],
                "samples/<img src=x onerror=window.pwned=1>": stepwell.Image(blue),
                "tone": stepwell.Audio([0.0, 0.5, 0.0, -0.5] * 2000, rate=8000),
                "text": "".join(f"line {i} of the text\n" for i in range(4000)),
                "words": stepwell.Table([["cat", 12, math.nan], ["<b>dog</b>", 7, 0.5]], columns=["word", "n", "share"]),
                "weights": stepwell.Tensor([[float(i), -1.0] for i in range(20000)]),
                "report": stepwell.HTML(page),
            }
            run.log(values, step=step)
        run.finish(wait=60)


def page(experiment: str, path: str) -> None:
    import stepwell

    with stepwell.init(experiment=experiment, name="page", capture=False) as run:
        run.log({"report": stepwell.HTML(pathlib.Path(path))}, step=1)
        run.finish(wait=60)


def many_files(experiment: str) -> None:
    import stepwell

    with stepwell.init(experiment=experiment, name="many files", capture=False) as run:
        for i in range(2000):
            run.log({f"many/folder {i % 20}/image": stepwell.Image([[i / 2000]])}, step=i // 20)
        run.finish(wait=120)


# Values that runs are grouped by: None for no value at all.
HOSTILE = [
    None,
    True,
    1,
    1.0,
    "1",
    "",
    '"],"\\',
    "two\nlines",
    "\u202eevil",
    "<script>window.pwned=1</script>",
    "long " * 200,
    2**60,
]


def hostile(experiment: str) -> None:
    import stepwell

    for i, value in enumerate(HOSTILE):
        params = {"seed": i % 2} if value is None else {"key": value, "seed": i % 2}
        with stepwell.init(experiment=experiment, name=f"run-{i:02}", params=params, capture=False) as run:
            for step in range(20):
                run.log({"loss": i + 1 / (1 + step)}, step=step)
            run.finish(wait=60)


def main() -> None:
    what, experiment, *rest = sys.argv[1:]
    if what == "train":
        train(experiment, rest[0], float(rest[1]), rest[2])
    elif what == "live":
        live(experiment, rest)
    elif what == "wide":
        wide(experiment, int(rest[0]), int(rest[1]))
    elif what == "hostile":
        hostile(experiment)
    elif what == "story":
        story(experiment, rest[0], int(rest[1]))
    elif what == "files":
        files(experiment)
        many_files(experiment)
    elif what == "page":
        page(experiment, rest[0])
    elif what == "cluster":
        cluster(experiment, int(rest[0]), int(rest[1]))
    elif what == "rank":
        ranks(experiment, rest[0], int(rest[1]))
    else:
        log_all(what, pathlib.Path(experiment))


def log_all(experiment: str, folder: pathlib.Path) -> None:
    repository(folder)
    for name, lr, arch, warmup in (
        ("base", "0.001", "small", "2500  # as before"),
        ("better", "0.01", "large", "cfg.warmup"),
    ):
        (folder / "optim.py").write_text(OPTIM.replace("2500", warmup))
        script = [sys.executable, "train.py", "train", experiment, name, lr, arch]
        subprocess.run(script, cwd=folder, check=True)
    run_id = f"RANKS{time.time_ns()}"
    here = [sys.executable, __file__]
    for rank in range(3):
        subprocess.run([*here, "rank", experiment, run_id, str(rank)], check=True)
    subprocess.run([*here, "cluster", f"{experiment} of all kinds", "2", "4"], check=True)
    # In an experiment of their own: the comparison's has just what it compares.
    for part in range(3):
        subprocess.run([*here, "story", f"{experiment} of all kinds", f"STORY{run_id}", str(part)], check=True)
    subprocess.run([*here, "files", f"{experiment} of all kinds"], check=True)


if __name__ == "__main__":
    main()
