"""What charts compute on whole series: smoothing and other x axes, against their formulas, whatever is asked for."""

from __future__ import annotations

import json
import math
import pathlib
import random
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import upload_to
from harness import processes
from harness.event_file import EventFile
from harness.processes import Server
from harness.rest import Rest

Point = tuple[int, float, float]
RAW_POINTS = 3000
SMOOTHINGS: list[dict[str, Any]] = [
    {"kind": "ema", "amount": 0.6},
    {"kind": "twema", "amount": 0.6},
    {"kind": "twema", "amount": 0.99, "range": 500.0},
    {"kind": "gauss", "amount": 1.5},
    {"kind": "mean", "amount": 25},
]


def noisy(seed: int, steps: range, odd: bool = True) -> list[Point]:
    generator = random.Random(seed)
    points = []
    for step in steps:
        value = math.sin(step / 300) + generator.random()
        if odd and generator.random() < 0.03:
            value = generator.choice([math.nan, math.inf, -math.inf])
        points.append((step, 1000 + step / 4, value))
    return points


LOSS = noisy(1, range(2500))
ACCURACY = noisy(2, range(0, 2500, 3), odd=False)
# Two writers side by side; their steps are partly the same.
SIDES = [noisy(3, range(0, 800, 2)), noisy(4, range(0, 800, 3))]
SIDES_X = [noisy(5, range(0, 800, 4), odd=False), noisy(6, range(0, 800, 9), odd=False)]
LONG = noisy(7, range(5000), odd=False)
HUGE = noisy(8, range(12_000), odd=False)
RARE = noisy(9, range(500, 11_000, 1000), odd=False)


@pytest.fixture(scope="module")
def server(program: pathlib.Path) -> Iterator[Server]:
    """Computes on 3,000 points of a series."""
    with processes.folder() as folder:
        EventFile(folder / "logs" / "one").double_scalars("loss", LOSS)
        EventFile(folder / "logs" / "one").double_scalars("accuracy", ACCURACY)
        for number, (points, x) in enumerate(zip(SIDES, SIDES_X, strict=True)):
            file = EventFile(folder / "logs" / "two", f"events.out.tfevents.170000000{number}.host.1.0")
            file.double_scalars("loss", points)
            file.double_scalars("accuracy", x)
        EventFile(folder / "logs" / "long").double_scalars("loss", LONG)
        EventFile(folder / "logs" / "long").double_scalars("accuracy", LONG)
        for tag, points in (("loss", HUGE), ("accuracy", HUGE), ("rare", RARE)):
            EventFile(folder / "logs" / "huge").double_scalars(tag, points)
        running = Server(program, folder, "--raw-points", str(RAW_POINTS))
        running.start()
        try:
            done = upload_to(program, running, folder / "logs", "computed")
            assert done.returncode == 0, done.stdout + done.stderr
            yield running
            assert running.stop() == 0
        finally:
            running.kill_tree()


@pytest.fixture(scope="module")
def rest(server: Server) -> Rest:
    return Rest(server.http)


@pytest.fixture(scope="module")
def runs(rest: Rest) -> dict[str, str]:
    return {name: run["id"] for name, run in rest.runs("computed").items()}


def drawn(smoothing: dict[str, Any], points: list[tuple[float, float]]) -> list[float]:
    """The curve at each of the points (x, y), which are finite: the formulas, written down plainly."""
    amount, kind = smoothing["amount"], smoothing["kind"]
    span = smoothing.get("range") or points[-1][0] - points[0][0]
    if kind == "mean":
        out = []
        for i in range(len(points)):
            around = [y for _, y in points[max(0, i - (amount - 1) // 2) : i + amount // 2 + 1]]
            out.append(sum(around) / len(around))
        return out
    if kind == "gauss":
        sigma = amount / 100 * span
        out = []
        for x, _ in points:
            near = [(math.exp(-((x - b) ** 2) / (2 * sigma**2)), y) for b, y in points if abs(x - b) <= 3 * sigma]
            out.append(sum(g * y for g, y in near) / sum(g for g, _ in near))
        return out
    out, s, n = [], 0.0, 0.0
    for i, (x, y) in enumerate(points):
        if kind == "ema":
            s = amount * s + (1 - amount) * y
            out.append(s / (1 - amount ** (i + 1)))
        else:
            w = min(math.sqrt(amount), 0.999)
            alpha = w ** (1000 * (x - points[i - 1][0]) / span) if i else 1.0
            s, n = alpha * s + y, alpha * n + 1
            out.append(s / n)
    return out


def curve(smoothing: dict[str, Any], line: list[Point], axis: int) -> list[float]:
    """The curve at each point of a line, NaN and infinities as they are."""
    span = line[-1][axis] - line[0][axis]
    finite = [(point[axis], point[2]) for point in line if math.isfinite(point[2])]
    values = iter(drawn({"range": span, **smoothing}, finite))
    return [next(values) if math.isfinite(point[2]) else point[2] for point in line]


def by_rows(item: dict[str, Any], line: list[Point], values: list[float]) -> list[Any]:
    """One value for each row of an answer: of a bucket, at the last of its points that is finite in `line`."""
    first = (item if item["exact"] else item["buckets"]["first"])["step"][0]
    at = next(i for i, point in enumerate(line) if point[0] == first)
    if item["exact"]:
        return [values[at + i] for i in range(len(item["step"]))]
    rows: list[Any] = []
    for count in item["buckets"]["count"]:
        rows.append(next((values[i] for i in reversed(range(at, at + count)) if math.isfinite(line[i][2])), None))
        at += count
    return rows


def numbers(values: list[Any]) -> list[Any]:
    return [float(value.replace("Infinity", "inf")) if isinstance(value, str) else value for value in values]


def alike(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    return bool(a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) < 1e-9)


def same(got: list[Any], wanted: list[Any]) -> bool:
    return len(got) == len(wanted) and all(map(alike, numbers(got), wanted))


@pytest.mark.parametrize("smoothing", SMOOTHINGS, ids=lambda s: f"{s['kind']}-{s['amount']}")
@pytest.mark.parametrize(("x", "axis"), [("step", 0), ("wall", 1), ("relative", 1)])
def test_smoothing_is_the_formula_over_the_whole_series(
    rest: Rest, runs: dict[str, str], smoothing: dict[str, Any], x: str, axis: int
) -> None:
    values = curve(smoothing, LOSS, axis)
    low, high = {"step": (500, 1999), "wall": (1125.0, 1499.75), "relative": (125.0, 499.75)}[x]
    for body in ({"columns": None}, {"columns": 100}, {"columns": 100, "range": [low, high]}, {"columns": 900}):
        (item,) = rest.query([{"run": runs["one"], "tag": "loss", "smoothing": smoothing}], x=x, **body)
        wanted = by_rows(item, LOSS, values)
        assert same(item["smoothed"], wanted), body
        assert "approximate" not in item


def test_writers_side_by_side_are_smoothed_as_one_line(rest: Rest, runs: dict[str, str]) -> None:
    line = sorted(SIDES[0] + SIDES[1], key=lambda point: point[0])
    for smoothing in SMOOTHINGS:
        for columns in (None, 60):
            (item,) = rest.query([{"run": runs["two"], "tag": "loss", "smoothing": smoothing}], columns=columns)
            wanted = by_rows(item, line, curve(smoothing, line, 0))
            assert same(item["smoothed"], wanted), smoothing


def test_beyond_the_points_that_are_computed_on_it_is_approximate_and_says_so(rest: Rest, runs: dict[str, str]) -> None:
    for smoothing in SMOOTHINGS:
        values = curve(smoothing, LONG, 0)
        for body in (
            {"columns": 1000},
            {"columns": 1000, "range": [1000, 4000]},
            {"columns": 500, "range": [2000, 2100]},
        ):
            (item,) = rest.query([{"run": runs["long"], "tag": "loss", "smoothing": smoothing}], **body)
            assert item["approximate"] is True
            wanted = by_rows(item, LONG, values)
            far = max(abs(a - b) for a, b in zip(numbers(item["smoothed"]), wanted, strict=True))
            assert far < 0.35, (smoothing, body)  # the noise itself is 1 wide


def joined(points: list[Point], x: list[Point]) -> list[tuple[int, float, float]]:
    known = {step: value for step, _, value in x}
    return [(step, wall, known.get(step, math.nan)) for step, wall, _ in points]


def test_another_tag_is_x_where_the_same_writer_has_the_step(rest: Rest, runs: dict[str, str]) -> None:
    for run, line in (
        ("one", joined(LOSS, ACCURACY)),
        ("two", sorted(joined(SIDES[0], SIDES_X[0]) + joined(SIDES[1], SIDES_X[1]), key=lambda point: point[0])),
    ):
        xs = [point[2] for point in line]
        for columns in (None, 70):
            ask: list[dict[str, Any]] = [{"run": runs[run], "tag": "loss", "x_tag": "accuracy"}]
            (item,) = rest.query(ask, columns=columns)
            wanted = by_rows(item, line, xs)
            assert same(item["x"], [None if v is None or math.isnan(v) else v for v in wanted])
            assert "approximate" not in item
    (missing,) = rest.query([{"run": runs["one"], "tag": "loss", "x_tag": "nothing"}], columns=10)
    assert "x_tag" in missing["error"]["detail"]
    (many,) = rest.query([{"run": runs["long"], "tag": "loss", "x_tag": "accuracy"}], columns=1000)
    assert many["approximate"] is True and same(many["x"], many["buckets"]["last"]["value"])


def binary(rest: Rest, series: list[dict[str, Any]], **body: Any) -> list[tuple[int, int, list[float]]]:
    """Flags, rows and the columns behind those of every answer, of each item."""
    reply = rest.call(
        "POST", "/api/v1/series:query", body={"series": series, **body},
        headers={"Accept": "application/vnd.stepwell.series.v1"},
    )  # fmt: skip
    assert reply.status == 200 and reply.body[:4] == b"SWSQ"
    items, at = [], 16
    while at < len(reply.body):
        flags, rows, *_, size = struct.unpack_from("<II7Q", reply.body, at)
        columns = 3 if flags & 1 else 14
        more = (size - columns * rows * 8) // 8
        items.append((flags, rows, list(struct.unpack_from(f"<{more}d", reply.body, at + 64 + columns * rows * 8))))
        at += 64 + size + -size % 8
    return items


def test_the_binary_form_says_the_same(rest: Rest, runs: dict[str, str]) -> None:
    ask: list[dict[str, Any]] = [
        {"run": runs["one"], "tag": "loss"},
        {"run": runs["one"], "tag": "loss", "smoothing": SMOOTHINGS[1], "x_tag": "accuracy"},
        {"run": runs["long"], "tag": "loss", "smoothing": SMOOTHINGS[0]},
    ]
    for columns in (80, 1249):
        plain, both, long = rest.query(ask, columns=columns)
        items = binary(rest, ask, columns=columns)
        exact = 1 if plain["exact"] else 0
        assert [flags for flags, _, _ in items] == [exact, exact | 16 | 32, (1 if long["exact"] else 0) | 16 | 64]
        assert items[0][2] == []
        nulls_are_nan = [math.nan if value is None else value for value in numbers(both["smoothed"] + both["x"])]
        assert json.dumps(items[1][2]) == json.dumps(nulls_are_nan)
        assert items[2][2] == long["smoothed"]


def test_new_points_change_what_was_computed_before(
    program: pathlib.Path, server: Server, rest: Rest, tmp_path: pathlib.Path
) -> None:
    file = EventFile(tmp_path / "grows")
    points: list[Point] = []
    for step in (0, 1000, 2000):
        more = noisy(step, range(step, step + 1000))
        points += more
        file.double_scalars("loss", more)
        done = upload_to(program, server, tmp_path, "grows")
        assert done.returncode == 0, done.stderr
        run = rest.runs("grows")["grows"]["id"]
        for smoothing in SMOOTHINGS:
            (item,) = rest.query([{"run": run, "tag": "loss", "smoothing": smoothing}], columns=50)
            wanted = by_rows(item, points, curve(smoothing, points, 0))
            assert same(item["smoothed"], wanted)


# ---- expressions ----


def at_steps(*metrics: list[Point]) -> list[tuple[int, float, list[float]]]:
    """The steps that all metrics of a writer have: step, wall time of the first, and the values."""
    known = [{step: value for step, _, value in points} for points in metrics]
    return [
        (step, wall, [values[step] for values in known])
        for step, wall, _ in metrics[0]
        if all(step in values for values in known)
    ]


def divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if math.isnan(a) or not a else math.copysign(math.inf, a) * math.copysign(1, b)


def test_an_expression_has_values_where_a_writer_has_all_its_metrics(rest: Rest, runs: dict[str, str]) -> None:
    text = "(m.loss - 1) / m.accuracy"
    for run, writers in (("one", [(LOSS, ACCURACY)]), ("two", list(zip(SIDES, SIDES_X, strict=True)))):
        line = [(s, w, divide(a - 1, b)) for pair in writers for s, w, (a, b) in at_steps(*pair)]
        line.sort(key=lambda point: point[0])
        (item,) = rest.query([{"run": runs[run], "expression": text}], columns=None)
        assert (item["expression"], item["exact"], "tag" in item) == (text, True, False)
        assert item["step"] == [point[0] for point in line] and item["wall"] == [point[1] for point in line]
        assert same(item["value"], [point[2] for point in line])
        (columns,) = rest.query([{"run": runs[run], "expression": text}], columns=20)
        finite = [point[2] for point in line if math.isfinite(point[2])]
        assert columns["exact"] is False and columns["count"] == len(line) == sum(columns["buckets"]["count"])
        assert max(v for v in columns["buckets"]["max"]["value"] if v is not None) == max(finite)
        assert min(v for v in columns["buckets"]["min"]["value"] if v is not None) == min(finite)
        first, last = line[10][0], line[50][0]
        (part,) = rest.query([{"run": runs[run], "expression": text}], columns=200, range=[first, last])
        inside = [point for point in line if first <= point[0] <= last]
        assert part["exact"] and part["step"] == [point[0] for point in inside]


def test_an_expression_is_smoothed_like_a_tag(rest: Rest, runs: dict[str, str]) -> None:
    line = [(step, wall, 2 * values[0]) for step, wall, values in at_steps(LOSS)]
    for smoothing in SMOOTHINGS:
        ask: list[dict[str, Any]] = [{"run": runs["one"], "expression": "m.loss * 2", "smoothing": smoothing}]
        (item,) = rest.query(ask, columns=100)
        wanted = by_rows(item, line, curve(smoothing, line, 0))
        assert same(item["smoothed"], wanted)
        assert binary(rest, ask, columns=100)[0][0] == 16


def test_base_is_the_metric_of_another_run_at_the_same_step(rest: Rest, runs: dict[str, str]) -> None:
    merged = sorted(SIDES[0] + SIDES[1], key=lambda point: point[0])
    line = [(step, a - b) for step, _, (a, b) in at_steps(LOSS, merged)]
    (item,) = rest.query([{"run": runs["one"], "expression": "m.loss - base(m.loss)"}], base=runs["two"])
    assert item["step"] == [step for step, _ in line]
    assert same(item["value"], [value for _, value in line])


def test_what_an_expression_lacks_is_named_with_its_column(rest: Rest, runs: dict[str, str]) -> None:
    missing, params, whole = rest.query(
        [
            {"run": runs["one"], "expression": "m.loss - m.nothing"},
            {"run": runs["one"], "expression": "m.loss * params.lr"},
            {"run": runs["one"], "tag": "loss"},
        ],
        columns=10,
    )
    assert "column 10: the run has no metric" in missing["error"]["detail"]
    assert "column 10: the run has no parameter" in params["error"]["detail"]
    assert whole["count"] == len(LOSS)
    for expression, told in (
        ("m.loss +", "column 9"),
        ("m.loss - base(m.loss)", '"base"'),
        ("loss", "m.loss"),
    ):
        body = {"series": [{"run": runs["one"], "expression": expression}]}
        reply = rest.call("POST", "/api/v1/series:query", body=body)
        assert reply.status == 400 and told in reply.json()["detail"]
    for member in ("tag", "x_tag"):
        body = {"series": [{"run": runs["one"], "expression": "m.loss", member: "loss"}]}
        assert rest.call("POST", "/api/v1/series:query", body=body).status == 400


def test_an_expression_of_too_many_points_is_approximate_and_says_so(rest: Rest, runs: dict[str, str]) -> None:
    """Its metrics take part as columns, the means of their points; what they have in common still cancels out."""
    (item,) = rest.query([{"run": runs["huge"], "expression": "m.loss - m.accuracy + 1"}], columns=None)
    assert item["approximate"] is True and item["count"] >= 1000
    assert all(abs(value - 1) < 1e-9 for value in item["value"])
    (item,) = rest.query([{"run": runs["huge"], "expression": "m.loss"}], columns=100)
    means = [a / b for a, b in zip(item["buckets"]["sum"], item["buckets"]["count"], strict=True)]
    assert all(-0.6 < mean < 1.6 for mean in means)  # a sine and noise of which the mean is a half
    assert max(means) > 1.2 and min(means) < -0.2
    (item,) = rest.query([{"run": runs["huge"], "expression": "m.loss / m.rare"}], columns=None)
    assert item["approximate"] is True and item["step"][0] >= RARE[0][0] and item["step"][-1] <= RARE[-1][0]
