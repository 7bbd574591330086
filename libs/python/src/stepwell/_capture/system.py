"""How busy the machine, the process and its GPUs are, from /proc and the vendors' tools alone.

"Process" is this process and all below it (workers of a DataLoader). Rates are over the time since the last sample.
Where a file is not there (another operating system, a closed /proc), its metrics are not either.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable

from stepwell._capture.facts import output_of
from stepwell._worker import Worker

PERIOD = 10.0  # seconds
Metrics = dict[str, float]


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


class Sampler:
    """Gives the metrics of now; the first call has no rates."""

    def __init__(self) -> None:
        self._before: dict[str, float] = {}
        self._ticks: dict[int, int] = {}
        self._cpu: tuple[int, int] | None = None
        self._when = time.monotonic()

    def sample(self) -> Metrics:
        now = time.monotonic()
        seconds, self._when = max(now - self._when, 1e-3), now
        out: Metrics = {}
        self._machine_cpu(out)
        self._memory(out)
        self._processes(out, seconds)
        self._rates(out, {**disk_bytes(), **network_bytes()}, seconds)
        for read in (nvidia, amd):
            out.update(read())
        return {f"system/{name}": value for name, value in out.items()}

    def _machine_cpu(self, out: Metrics) -> None:
        """/proc/stat: user nice system idle iowait …, in ticks since the start."""
        numbers = [int(part) for part in _read("/proc/stat").partition("\n")[0].split()[1:9]]
        if len(numbers) < 5:
            return
        total, idle = sum(numbers), numbers[3] + numbers[4]
        if self._cpu is not None and total > self._cpu[0]:
            out["cpu/percent"] = 100 * (1 - (idle - self._cpu[1]) / (total - self._cpu[0]))
        self._cpu = (total, idle)

    @staticmethod
    def _memory(out: Metrics) -> None:
        lines = (line.split() for line in _read("/proc/meminfo").splitlines())
        kibibytes = {parts[0].rstrip(":"): int(parts[1]) for parts in lines if len(parts) > 1}
        total, available = kibibytes.get("MemTotal", 0), kibibytes.get("MemAvailable")
        if total and available is not None:
            out["memory/used_bytes"] = float((total - available) * 1024)
            out["memory/percent"] = 100 * (total - available) / total
        try:
            disk = os.statvfs(".")
            out["disk/free_bytes"] = float(disk.f_bavail * disk.f_frsize)
        except OSError:
            pass

    def _processes(self, out: Metrics, seconds: float) -> None:
        ticks: dict[int, int] = {}
        memory = 0
        for pid in family(os.getpid()):
            fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
            if len(fields) > 21:
                ticks[pid] = int(fields[11]) + int(fields[12])  # utime, stime
                memory += int(fields[21])  # rss, in pages
        if not ticks:
            return
        out["process/memory_bytes"] = float(memory * os.sysconf("SC_PAGE_SIZE"))
        out["process/count"] = float(len(ticks))
        if self._ticks:
            spent = sum(now - self._ticks.get(pid, 0) for pid, now in ticks.items())
            out["process/cpu_percent"] = 100 * spent / os.sysconf("SC_CLK_TCK") / seconds
        self._ticks = ticks

    def _rates(self, out: Metrics, counters: dict[str, float], seconds: float) -> None:
        for name, count in counters.items():
            if name in self._before and count >= self._before[name]:
                out[f"{name}_per_second"] = (count - self._before[name]) / seconds
        self._before = counters


def family(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for pid in found:
        try:
            threads = os.listdir(f"/proc/{pid}/task")
        except OSError:
            continue
        for thread in threads:
            found += [int(child) for child in _read(f"/proc/{pid}/task/{thread}/children").split()]
    return found


# Memory, and what is made of other devices, whose bytes would count twice.
_NO_DISKS = ("loop", "ram", "zram", "dm-", "md")


def disk_bytes() -> dict[str, float]:
    """/proc/diskstats of whole devices: the sectors, of 512 bytes always, that were read and written."""
    try:
        devices = {name for name in os.listdir("/sys/block") if not name.startswith(_NO_DISKS)}
    except OSError:
        return {}
    rows = [line.split() for line in _read("/proc/diskstats").splitlines()]
    rows = [row for row in rows if len(row) > 9 and row[2] in devices]
    if not rows:
        return {}
    return {
        "disk/read_bytes": 512.0 * sum(int(row[5]) for row in rows),
        "disk/written_bytes": 512.0 * sum(int(row[9]) for row in rows),
    }


def network_bytes() -> dict[str, float]:
    """/proc/net/dev, without the loopback."""
    rows = [line.partition(":") for line in _read("/proc/net/dev").splitlines()[2:]]
    counts = [rest.split() for name, _, rest in rows if name.strip() != "lo"]
    if not counts:
        return {}
    return {
        "network/received_bytes": float(sum(int(row[0]) for row in counts)),
        "network/sent_bytes": float(sum(int(row[8]) for row in counts)),
    }


_NVIDIA = {
    "utilization.gpu": ("percent", 1),
    "memory.used": ("memory_bytes", 1 << 20),
    "utilization.memory": ("memory_percent", 1),
    "temperature.gpu": ("temperature_celsius", 1),
    "power.draw": ("power_watts", 1),
}


def nvidia() -> Metrics:
    query = ",".join(["index", *_NVIDIA])
    return parse_nvidia(output_of("nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader,nounits") or "")


def parse_nvidia(text: str) -> Metrics:
    """Lines of `index, value…`; what a GPU does not tell is `[N/A]`."""
    out: Metrics = {}
    for line in text.splitlines():
        index, *values = (part.strip() for part in line.split(","))
        for (name, factor), value in zip(_NVIDIA.values(), values, strict=False):
            try:
                out[f"gpu/{int(index)}/{name}"] = float(value) * factor
            except ValueError:
                continue
    return out


_AMD = {
    "GPU use (%)": "percent",
    "GPU Memory Allocated (VRAM%)": "memory_percent",
    "Temperature (Sensor edge) (C)": "temperature_celsius",
    "Average Graphics Package Power (W)": "power_watts",
}


def amd() -> Metrics:
    return parse_amd(output_of("rocm-smi", "--showuse", "--showmemuse", "--showtemp", "--showpower", "--json") or "{}")


def parse_amd(text: str) -> Metrics:
    """`{"card0": {"GPU use (%)": "12", …}, …}`."""
    out: Metrics = {}
    try:
        cards = json.loads(text)
    except ValueError:
        return out
    for card, values in cards.items() if isinstance(cards, dict) else ():
        if not card.startswith("card") or not isinstance(values, dict):
            continue
        for key, name in _AMD.items():
            try:
                out[f"gpu/{int(card[4:])}/{name}"] = float(values[key])
            except (KeyError, ValueError):
                continue
    return out


class SystemMetrics:
    """Samples every `period` seconds in the background, until `stop`."""

    def __init__(self, emit: Callable[[int, float, Metrics], None], period: float = PERIOD) -> None:
        self._emit = emit
        self._sampler: Sampler | None = None
        self._number = 0
        self._worker = Worker("stepwell-system", period, self._work, first=0.0)
        self._worker.start()

    def stop(self, patience: float = 5.0) -> bool:
        """Whether it ended in this time."""
        return self._worker.stop(patience)

    def _work(self) -> None:
        if self._sampler is None:
            self._sampler = Sampler()
            self._sampler.sample()  # what rates are counted from
            return
        self._emit(self._number, time.time(), self._sampler.sample())
        self._number += 1
