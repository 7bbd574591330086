"""stepwell.Api reads what REST gives, whole and exact, and edits, deletes and restores runs."""

from __future__ import annotations

import json
import math
import pathlib
import threading

import pytest
from stepwell.api import Api, ApiError, Run, address

from conftest import SAMPLE_EXPERIMENT, upload_to
from harness.event_file import EventFile, event, image_value, message
from harness.processes import Server
from harness.rest import Rest

ODD = [(0, 1.0, 0.5), (1, 2.0, math.nan), (2, 3.0, math.inf), (3, 4.0, -math.inf), (4, 5.0, -0.0), (5, 6.0, 5e-324)]
MANY = 2500
PICTURE = b"\x89PNG\r\n\x1a\n and what is in it"


@pytest.fixture(scope="module")
def api(server: Server) -> Api:
    return Api(server.http)


@pytest.fixture(scope="module", autouse=True)
def logged(program: pathlib.Path, server: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Experiment `api`: run `odd` has every kind of float and a picture, runs `many/0` to `many/2` 2,500 points."""
    logs = tmp_path_factory.mktemp("api")
    odd = EventFile(logs / "odd")
    odd.double_scalars("x/odd", ODD)
    odd.append(event(7.0, 6, message(5, image_value("x/picture", PICTURE))))
    for number in range(3):
        points = [(step, float(step), step * number / 8) for step in range(MANY)]
        EventFile(logs / "many" / str(number)).double_scalars("loss", points)
    done = upload_to(program, server, logs, "api")
    assert done.returncode == 0, done.stdout + done.stderr


def run_named(api: Api, name: str) -> Run:
    (run,) = api.runs("api", filter=f'name = "{name}"')
    return run


def test_experiments_and_runs_are_those_of_rest(api: Api, rest: Rest) -> None:
    found = {e.name: e for e in api.experiments()}
    assert found["api"].id == rest.experiment("api")["id"] and found["api"].run_count == 4
    runs = api.runs(SAMPLE_EXPERIMENT)
    wanted = rest.runs(SAMPLE_EXPERIMENT)
    assert {run.name for run in runs} == set(wanted) and len(runs) == len(wanted)
    for run in runs:
        whole = rest.get(f"/api/v1/runs/{run.id}")
        assert (run.params, run.labels, run.status) == (whole["params"], whole["labels"], whole["status"])
        assert run.summary.keys() == whole["summary"].keys()
        assert run.created.tzinfo is not None and run.experiment == whole["experiment"]
    assert api.experiment("api") == api.experiment(found["api"].id)
    with pytest.raises(LookupError, match="no experiment 'nowhere'"):
        api.runs("nowhere")


def test_lists_are_read_page_by_page_as_they_are_walked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepwell._paged._PAGE", 2)
    runs = api.runs("api", order="name")
    assert "0 read and more" in repr(runs)
    assert runs[0].name == "many/0" and "2 read and more" in repr(runs)
    assert [run.name for run in runs] == ["many/0", "many/1", "many/2", "odd"]
    assert [run.name for run in runs[1:3]] == ["many/1", "many/2"] and runs[-1].name == "odd"
    assert len(runs) == 4 and bool(runs)
    assert not api.runs("api", filter='name = "nobody"')


def test_filters_order_and_columns_are_the_servers(api: Api) -> None:
    found = api.runs(
        "api", filter='metrics."loss".last > 100', order='-metrics."loss".last', columns=['metrics."loss"']
    )
    assert [run.name for run in found] == ["many/2", "many/1"]
    with pytest.raises(ApiError) as refused:
        list(api.runs("api", filter="name ="))
    assert refused.value.status == 400 and refused.value.detail in str(refused.value)


def test_points_are_bit_for_bit_what_was_logged(api: Api) -> None:
    series = run_named(api, "odd").series("x/odd")
    points = series.points()
    assert [(p.step, p.wall) for p in points] == [(step, wall) for step, wall, _ in ODD]
    assert [p.value.hex() for p in points] == [value.hex() for _, _, value in ODD]
    assert repr(list(series)) == repr(series.to_list()) == repr(points)


def test_columns_lose_no_extremum_and_few_points_come_as_they_are(api: Api) -> None:
    series = run_named(api, "many/2").series("loss")
    curve = series.buckets(10)
    assert not curve.exact and curve.count == MANY and curve.buckets is not None
    assert sum(curve.buckets["count"]) == MANY
    assert max(curve.buckets["max"]["value"]) == (MANY - 1) / 4 and curve.buckets["first"]["step"][0] == 0
    exact = series.buckets(10, range=(5, 7))
    assert exact.exact and (exact.step, exact.value) == ([5, 6, 7], [1.25, 1.5, 1.75])
    with pytest.raises(ApiError, match="'nothing': the run has no such series"):
        run_named(api, "odd").series("nothing").buckets()


def test_arrays_frames_and_tables_have_the_points(api: Api) -> None:
    numpy = pytest.importorskip("numpy")
    columns = run_named(api, "odd").series("x/odd").to_numpy()
    assert [columns[name].dtype for name in ("step", "wall", "value")] == [numpy.int64, numpy.float64, numpy.float64]
    assert columns["value"].tobytes() == numpy.array([value for _, _, value in ODD]).tobytes()
    pandas = pytest.importorskip("pandas")
    frame = api.runs("api", filter='name ~ "many"', order="name").series("loss").to_pandas()
    assert list(frame.columns) == ["run", "name", "step", "wall", "value"] and len(frame) == 3 * MANY
    last = frame.groupby("name")["value"].last().to_dict()
    assert last == {f"many/{n}": (MANY - 1) * n / 8 for n in range(3)}
    assert len(api.runs("api").to_pandas()) == 4
    assert isinstance(run_named(api, "odd").series("x/odd").to_pandas(), pandas.DataFrame)
    pytest.importorskip("pyarrow")
    table = api.runs("api").series("x/odd").to_arrow()
    assert table.column("step").to_pylist() == [step for step, _, _ in ODD]


def test_runs_without_the_series_are_passed_over(api: Api) -> None:
    assert [name for _, name, _ in api.runs("api").series("x/odd").to_list()] == ["odd"]


def test_tags_are_listed_with_their_kinds(api: Api) -> None:
    run = run_named(api, "odd")
    wanted = [("x/odd", "scalar", len(ODD)), ("x/picture", "image", 1)]
    assert [(tag["tag"], tag["kind"], tag["count"]) for tag in run.tags()] == wanted
    assert len(run.tags(kind="image")) == len(run.tags(match="od+$")) == 1 and not run.tags(prefix="y")


def test_blobs_are_the_bytes_that_were_logged(api: Api) -> None:
    (point,) = run_named(api, "odd").series("x/picture")
    assert point.value["width"] == 1 and (point.step, point.wall) == (6, 7.0)
    (item,) = point.value["items"]
    assert api.blob(item) == api.blob(item["blob"]) == PICTURE
    with pytest.raises(ValueError, match="in its items"):
        api.blob(point.value)
    with pytest.raises(ApiError) as missing:
        api.blob("1-" + "0" * 64)
    assert missing.value.status == 404


def test_a_run_is_edited_deleted_and_restored(
    api: Api, rest: Rest, program: pathlib.Path, server: Server, tmp_path: pathlib.Path
) -> None:
    EventFile(tmp_path / "mine").double_scalars("loss", [(0, 1.0, 1.0)])
    assert upload_to(program, server, tmp_path, "api-edit").returncode == 0
    (run,) = api.runs("api-edit")
    run.update(name="ours", note="the one", status="failed", labels={"team": "vision", "old": "x"})
    run.update(labels={"old": None})
    seen = rest.get(f"/api/v1/runs/{run.id}")
    assert (seen["name"], seen["note"], seen["status"], seen["labels"]) == (
        "ours",
        "the one",
        "failed",
        {"team": "vision"},
    )
    assert (run.name, run.note, run.status, run.labels) == ("ours", "the one", "failed", {"team": "vision"})
    run.delete()
    assert not api.runs("api-edit") and [r.id for r in api.runs("api-edit", deleted=True)] == [run.id]
    run.restore()
    assert not run.deleted and [r.id for r in api.runs("api-edit")] == [run.id]
    assert api.run(run.id) == run


def test_many_runs_are_changed_at_once_and_taken_back(
    api: Api, program: pathlib.Path, server: Server, tmp_path: pathlib.Path
) -> None:
    for name in ("a", "b", "c"):
        EventFile(tmp_path / name).scalars("loss", [(0, 1.0, 0.5)])
    assert upload_to(program, server, tmp_path, "api-bulk").returncode == 0
    experiment = api.experiment("api-bulk")
    chosen = {"experiment": experiment.id, "filter": 'name in ("a", "b")'}
    done = api.edit({"runs": chosen, "set": {"archived": True, "labels": {"team": "vision"}}})
    assert (done["changed"], done["skipped"]) == (2, [])
    assert [run.name for run in api.runs("api-bulk")] == ["c"]
    assert {run.name for run in api.runs("api-bulk", archived=True)} == {"a", "b"}
    assert all(
        run.archived and run.owner == "local" and run.duration >= 0 for run in api.runs("api-bulk", archived=True)
    )
    assert api.edit(*done["undo"]["edits"])["changed"] == 2
    assert {run.name for run in api.runs("api-bulk", archived=False)} == {"a", "b", "c"}


def test_errors_are_the_servers_own_words(api: Api) -> None:
    with pytest.raises(ApiError, match="no run") as missing:
        api.run("01JA9ZZZZZZZZZZZZZZZZZZZZZ")
    assert missing.value.status == 404 and missing.value.title == "Not Found"
    with pytest.raises(ApiError, match="status"):
        run_named(api, "odd").update(status="nonsense")


def test_one_api_serves_many_threads_and_outlives_a_closed_connection(api: Api) -> None:
    names: list[list[str]] = []

    def read() -> None:
        names.append(sorted(run.name for run in api.runs("api")))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == [["many/0", "many/1", "many/2", "odd"]] * 8
    read()
    api._http._local.connection.sock.shutdown(2)  # as a server does that has waited too long for the next request
    read()


def test_a_server_that_is_not_there_is_told(free_port: int) -> None:
    with pytest.raises(ApiError, match=f"127.0.0.1:{free_port} cannot be reached"):
        list(Api(f"http://127.0.0.1:{free_port}").experiments())


@pytest.fixture
def free_port() -> int:
    from harness.processes import reserve_port

    return reserve_port()


def test_the_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STEPWELL_API", "STEPWELL_SERVER"):
        monkeypatch.delenv(name, raising=False)
    assert address(None) == "http://127.0.0.1:7007"
    monkeypatch.setenv("STEPWELL_SERVER", "tracker:7008")
    assert address(None) == "http://tracker:7007"
    monkeypatch.setenv("STEPWELL_SERVER", "tracker:9000")
    with pytest.raises(ValueError, match="STEPWELL_API"):
        address(None)
    monkeypatch.setenv("STEPWELL_API", "http://tracker:9001")
    assert address(None) == "http://tracker:9001" and address("x:1") == "x:1"
    with pytest.raises(ValueError, match="no address"):
        Api("ftp://x")


def test_what_rest_gives_as_json_is_given_as_it_is(api: Api, rest: Rest) -> None:
    run = run_named(api, "odd")
    assert json.dumps(api.run(run.id).json(), sort_keys=True) == json.dumps(
        rest.get(f"/api/v1/runs/{run.id}"), sort_keys=True
    )
