"""What a run was started with: command, code, Python and packages, machine, GPUs, some of the environment."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import platform
import shutil
import socket
import subprocess
import sys
import threading
from typing import Any

from stepwell._capture.redact import redact, redact_arguments, redact_text
from stepwell._imports import load

DIFF_BYTES = 1 << 20  # of uncommitted changes; what is beyond is cut off and said so
_PATIENCE = 10.0  # seconds for git or nvidia-smi; a repository on a slow disk must not hold anybody up

# Variables that tell how a training ran. Nothing else is read; STEPWELL_CAPTURE_ENV adds names, with * for any rest.
ENVIRONMENT = (
    "CUDA_*", "NVIDIA_*", "NCCL_*", "ROCR_*", "HIP_*", "HSA_*", "OMP_*", "MKL_*", "OPENBLAS_*", "KMP_*", "XLA_*",
    "JAX_*", "TF_*", "TORCH_*", "TORCHELASTIC_*", "PYTORCH_*", "TOKENIZERS_PARALLELISM", "RANK", "LOCAL_RANK",
    "WORLD_SIZE", "LOCAL_WORLD_SIZE", "GROUP_RANK", "NODE_RANK", "MASTER_ADDR", "MASTER_PORT", "SLURM_*", "PBS_JOBID",
    "LSB_JOBID", "JOB_ID", "OMPI_COMM_WORLD_*", "PMI_RANK", "PMI_SIZE", "HOSTNAME", "CONDA_DEFAULT_ENV", "VIRTUAL_ENV",
    "PYTHONHASHSEED", "PYTHONPATH", "STEPWELL_SERVER", "STEPWELL_MODE",
)  # fmt: skip


def output_of(*command: str, limit: int = 1 << 20, folder: str | None = None) -> str | None:
    """What a command prints, at most `limit` bytes of it and one more; None if it fails or takes too long."""
    if shutil.which(command[0]) is None:
        return None
    try:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return None
    timer = threading.Timer(_PATIENCE, process.kill)
    timer.start()
    with process:
        assert process.stdout is not None
        data = process.stdout.read(limit + 1)
        if len(data) > limit:
            process.kill()
    timer.cancel()
    return data.decode(errors="replace") if process.returncode == 0 or len(data) > limit else None


def script() -> str | None:
    """The file that was started; None in a notebook or an interactive session."""
    found = getattr(sys.modules.get("__main__"), "__file__", None)
    return os.path.abspath(found) if found else None


def command() -> dict[str, Any]:
    arguments = list(getattr(sys, "orig_argv", None) or [sys.executable, *sys.argv])
    return {"command": redact_arguments(arguments), "script": script(), "folder": os.getcwd()}


def packages() -> dict[str, Any]:
    metadata = load("importlib.metadata")
    found = {str(d.metadata["Name"]): d.version for d in metadata.distributions() if d.metadata["Name"]}
    return {
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "executable": sys.executable,
        },
        "packages": dict(sorted(found.items(), key=lambda item: item[0].lower())),
    }


def host() -> dict[str, Any]:
    machine: dict[str, Any] = {
        "name": socket.gethostname(),
        "system": platform.platform(),
        "architecture": platform.machine(),
        "cpus": os.cpu_count(),
    }
    with contextlib.suppress(ValueError, OSError, AttributeError):
        machine["memory_bytes"] = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"host": machine, "gpus": gpus()}


def gpus() -> list[dict[str, Any]]:
    text = output_of("nvidia-smi", "--query-gpu=name,memory.total,driver_version,uuid", "--format=csv,noheader,nounits")
    found = []
    for line in (text or "").splitlines():
        name, memory, driver, uuid = (part.strip() for part in [*line.split(","), "", "", ""][:4])
        mebibytes = int(memory) if memory.isdigit() else None
        found.append({"name": name, "memory_bytes": mebibytes and mebibytes << 20, "driver": driver, "uuid": uuid})
    return found


def environment() -> dict[str, Any]:
    allowed = (*ENVIRONMENT, *(name for name in os.environ.get("STEPWELL_CAPTURE_ENV", "").split(",") if name))
    named = {
        name: value
        for name, value in sorted(os.environ.items())
        if any(fnmatch.fnmatchcase(name, pattern.strip()) for pattern in allowed)
    }
    return {"environment": redact(named)}


def git() -> tuple[dict[str, Any], str]:
    """(commit, branch, whether there are changes, where it came from; the changes as a diff)."""
    entry = script()
    for folder in (os.path.dirname(entry) if entry else None, os.getcwd()):
        if folder and (commit := output_of("git", "rev-parse", "HEAD", folder=folder)):
            break
    else:
        return {}, ""
    assert folder is not None
    branch = output_of("git", "rev-parse", "--abbrev-ref", "HEAD", folder=folder)
    changes = output_of("git", "status", "--porcelain", folder=folder)
    remote = output_of("git", "remote", "get-url", "origin", folder=folder)
    found = {
        "commit": commit.strip(),
        "branch": (branch or "").strip(),
        "dirty": bool((changes or "").strip()),
        "remote": redact_text((remote or "").strip()),
    }
    diff = ""
    if found["dirty"]:
        diff = output_of("git", "diff", "HEAD", "--no-color", "--no-ext-diff", limit=DIFF_BYTES, folder=folder) or ""
        if len(diff) > DIFF_BYTES:
            diff = diff[:DIFF_BYTES] + f"\n(cut off: the diff is longer than {DIFF_BYTES:,} bytes)\n"
    return {"git": found}, redact_text(diff)
