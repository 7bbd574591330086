"""XGBoost and LightGBM log to a run what they evaluate, as they say it themselves."""

from __future__ import annotations

import json
from typing import Any

from client.scripts import table, the_run, values
from frameworks.conftest import RunExample, RunScript

DATA = """
import json, pathlib, numpy, stepwell
rows = numpy.random.default_rng(1).random((120, 3))
wanted = rows[:, 0] + 0.1 * rows[:, 1]
"""


def test_the_example_of_xgboost(run_example: RunExample) -> None:
    run = the_run(run_example("XGBoost"), "trees", "xgboost")
    assert [step for step, _ in values(run, "test/auc")] == list(range(20))
    assert run.params["xgboost.max_depth"] == 2 and run.params["xgboost.objective"] == "binary:logistic"


def test_the_example_of_lightgbm(run_example: RunExample) -> None:
    run = the_run(run_example("LightGBM"), "trees", "lightgbm")
    assert [step for step, _ in values(run, "valid_0/l1")] == list(range(20))
    assert run.params["lightgbm.objective"] == "regression"


XGBOOST = """
import xgboost
from stepwell.integration.xgboost import StepwellCallback
train, test = xgboost.DMatrix(rows[:90], wanted[:90]), xgboost.DMatrix(rows[90:], wanted[90:])
params = {"max_depth": 2, "eta": 0.9, "seed": 1}
said = {}
with stepwell.init("boosting", name="xgboost") as run:
    first = xgboost.train(params, train, 3, evals=[(train, "train"), (test, "test")], evals_result=said,
                          callbacks=[StepwellCallback(run, importance="weight")], verbose_eval=False)
    more = {}
    xgboost.train(params, train, 200, evals=[(test, "test")], evals_result=more, xgb_model=first, verbose_eval=False,
                  early_stopping_rounds=2, callbacks=[StepwellCallback(run)])
with stepwell.init("boosting", name="xgboost-cv") as run:
    cv = xgboost.cv(params, train, 4, nfold=3, as_pandas=False, callbacks=[StepwellCallback(run)])
with stepwell.init("boosting", name="xgboost-linear") as run:
    xgboost.train({"booster": "gblinear"}, train, 2, evals=[(test, "test")], callbacks=[StepwellCallback(run)])
with stepwell.init("boosting", name="xgboost-dart") as run:
    xgboost.train({**params, "booster": "dart"}, train, 2, evals=[(test, "test")], callbacks=[StepwellCallback(run)])
pathlib.Path("said.json").write_text(json.dumps([said, more, cv, first.get_score(importance_type="weight")]))
"""


def test_xgboost_logs_what_it_says(run_script: RunScript, tmp_path: Any) -> None:
    api = run_script(DATA + XGBOOST)
    said, more, cv, scores = json.loads((tmp_path / "said.json").read_text())
    run = the_run(api, "boosting", "xgboost")
    assert values(run, "train/rmse") == list(enumerate(said["train"]["rmse"]))
    # A booster that is trained further goes on where it was.
    assert values(run, "test/rmse") == list(enumerate(said["test"]["rmse"] + more["test"]["rmse"]))
    assert run.params["xgboost.booster"] == "gbtree" and abs(run.params["xgboost.eta"] - 0.9) < 1e-6
    assert table(api, run, "importance/weight") == (2, sorted(map(list, scores.items()), key=lambda row: -row[1]))
    assert int(run.labels["xgboost.best_iteration"]) < 2 + len(more["test"]["rmse"])
    folds = the_run(api, "boosting", "xgboost-cv")
    assert values(folds, "test/rmse") == list(enumerate(cv["test-rmse-mean"]))
    assert values(folds, "test/rmse-std") == list(enumerate(cv["test-rmse-std"]))
    linear = the_run(api, "boosting", "xgboost-linear")
    assert len(values(linear, "test/rmse")) == 2 and linear.params["xgboost.booster"] == "gblinear"
    dart = the_run(api, "boosting", "xgboost-dart")
    assert dart.params["xgboost.booster"] == "dart" and dart.params["xgboost.max_depth"] == 2
    assert table(api, dart, "importance/gain")[0] == 1


LIGHTGBM = """
import lightgbm
from stepwell.integration.lightgbm import log_evaluation, log_importance
train = lightgbm.Dataset(rows[:90], wanted[:90])
test = lightgbm.Dataset(rows[90:], wanted[90:], reference=train)
params = {"objective": "regression", "metric": ["l2", "l1"], "verbosity": -1, "min_data_in_leaf": 5}
said = {}
with stepwell.init("boosting", name="lightgbm") as run:
    booster = lightgbm.train(params, train, 200, valid_sets=[test], valid_names=["test"], callbacks=[
        lightgbm.early_stopping(2, first_metric_only=True), log_evaluation(run, period=3),
        lightgbm.record_evaluation(said)])
    log_importance(run, booster, "split")
with stepwell.init("boosting", name="lightgbm-cv") as run:
    cv = lightgbm.cv(params, lightgbm.Dataset(rows, wanted), 4, nfold=3, stratified=False,
                     callbacks=[log_evaluation(run)])
scores = dict(zip(booster.feature_name(), booster.feature_importance("split").tolist()))
pathlib.Path("said.json").write_text(json.dumps([said, cv, scores, booster.best_iteration]))
"""


def test_lightgbm_logs_what_it_says(run_script: RunScript, tmp_path: Any) -> None:
    api = run_script(DATA + LIGHTGBM)
    said, cv, scores, best = json.loads((tmp_path / "said.json").read_text())
    run = the_run(api, "boosting", "lightgbm")
    for metric in ("l1", "l2"):
        assert values(run, f"test/{metric}") == list(enumerate(said["test"][metric]))[::3]
    step, rows = table(api, run, "importance/split")
    assert step == best - 1 and dict(rows) == scores and run.labels["lightgbm.best_iteration"] == str(best)
    folds = the_run(api, "boosting", "lightgbm-cv")
    assert values(folds, "valid/l2") == list(enumerate(cv["valid l2-mean"]))
    assert values(folds, "valid/l2-std") == list(enumerate(cv["valid l2-stdv"]))
