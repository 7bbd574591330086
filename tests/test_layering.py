"""The house stands because arrows point down: who may include whom among libs/ and services/."""

from __future__ import annotations

import collections
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What each library may include beside itself and what those may include. Nothing else, and no circle can be made.
MAY_USE: dict[str, set[str]] = {
    "base": set(),
    "codec": {"base"},
    "series": {"codec"},
    "store": {"series", "proto"},
    "auth": {"base"},
    "postgres": {"base"},
    "catalog": {"auth", "filter"},
    "ingest": {"store", "catalog"},
    # The filter language's grammar lies with the read path that it belongs to, but is a library below the catalog.
    "filter": {"base"},
    "query": {"store", "catalog", "proto"},
    "tensorboard": {"base", "proto"},
    "net": {"base", "auth"},
    "spool": {"base"},
    "client": {"spool"},
    "push": {"base", "proto", "grpc"},
    "sync": {"push", "spool"},
    "upload": {"push", "tensorboard"},
    "proto": set(),
    "grpc": {"proto"},
}
# Business classes know neither the one nor the other: only these libraries and services/ may include such headers.
FOREIGN = {"grpcpp/": {"push", "net", "upload"}, "boost/beast": {"net"}, "boost/asio": {"net"}, "pqxx/": {"catalog"},
           "rocksdb/": {"store"}}  # fmt: skip

INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)


def includes() -> list[tuple[pathlib.Path, str]]:
    found = []
    for path in sorted((ROOT / "libs").rglob("*")):
        if path.suffix in (".h", ".cc"):
            found += [(path.relative_to(ROOT), name) for name in INCLUDE.findall(path.read_text())]
    return found


def closure(library: str) -> set[str]:
    seen, queue = {library}, [library]
    while queue:
        for below in MAY_USE[queue.pop()] - seen:
            seen.add(below)
            queue.append(below)
    return seen


def part_of(name: str) -> str | None:
    """The library that an included name belongs to; None for what is not ours."""
    if name.startswith(("stepwell/v1/", "tensorboard/proto/")) or name.endswith(".pb.h"):
        return "grpc" if name.endswith(".grpc.pb.h") else "proto"
    if (ROOT / "libs" / "client" / "include" / name).exists():
        return "client"
    library = library_of(name)
    return library if "/" in name and library in MAY_USE else None


def library_of(path: str) -> str:
    """The library of a path below libs/, such as `query/filter.h`."""
    return "filter" if path.startswith("query/filter") else path.split("/")[0]


def is_test(path: pathlib.Path) -> bool:
    return (
        re.search(r"_(test|pgtest|bench|fuzz)\.cc$|_test_base\.|/testing\.h$|/test_|/fake_", path.as_posix())
        is not None
    )


def test_the_table_has_no_circle() -> None:
    for library, below in MAY_USE.items():
        for other in below:
            assert library not in closure(other), f"{library} and {other} use each other"


def test_every_library_has_a_row() -> None:
    folders = {library_of(path.relative_to("libs").as_posix()) for path, _ in includes()}
    assert folders <= set(MAY_USE), f"no row in MAY_USE for {sorted(folders - set(MAY_USE))}"


def test_no_include_climbs() -> None:
    climbing: dict[str, set[str]] = collections.defaultdict(set)
    for path, name in includes():
        other = part_of(name)
        if other and other not in closure(library_of(path.relative_to("libs").as_posix())) and not is_test(path):
            climbing[path.as_posix()].add(name)
    lines = [f"{path} may not include {', '.join(sorted(names))}" for path, names in climbing.items()]
    assert not lines, "\n".join(lines)


def test_frameworks_stay_at_the_edge() -> None:
    wrong = [
        f"{path} includes {name}"
        for path, name in includes()
        for prefix, allowed in FOREIGN.items()
        if name.startswith(prefix) and path.parts[1] not in allowed and not is_test(path)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_program_that_links_the_client_needs_no_abseil_and_no_protobuf() -> None:
    """LibTorch and others bring some of their own."""
    wrong = [
        f"{path} includes {name}"
        for path, name in includes()
        if path.parts[1] in ("client", "spool")
        and (name.startswith(("absl/", "google/", "stepwell/v1/")) or name in ("base/files.h", "base/status_macros.h"))
        and not is_test(path)
    ]
    assert not wrong, "\n".join(wrong)


def test_libraries_know_no_service() -> None:
    services = {path.name for path in (ROOT / "services").iterdir() if path.is_dir()}
    wrong = [
        f"{path} includes {name}"
        for path, name in includes()
        if name.split("/")[0] in services - set(MAY_USE) and part_of(name) is None
    ]
    assert not wrong, "\n".join(wrong)
