"""XGBoost: every metric of every evaluation set, the booster's parameters, and which features it used."""

from __future__ import annotations

import json
from typing import Any

import xgboost

from stepwell.integration._boosting import importance_table
from stepwell.run import Run


class StepwellCallback(xgboost.callback.TrainingCallback):
    """Logs to a run what XGBoost evaluates: `callbacks=[StepwellCallback(run)]` of `train`, `cv` or an estimator.

    A metric is `<set>/<metric>`, such as `validation/rmse`, at the number of the boosting round; that of `cv` is the
    mean, with `<set>/<metric>-std` beside it. Trees that the booster had before count as rounds.

    Args:
        run: where to; it stays open.
        importance: what importance means, XGBoost's importance_type: "gain", "weight", "cover", "total_gain",
            "total_cover". The table is logged as `importance/<type>` after the last round, for trees. None: no table.
    """

    def __init__(self, run: Run, *, importance: str | None = "gain") -> None:
        super().__init__()
        self._run = run
        self._importance = importance
        self._first = 0
        self._trees = False

    def before_training(self, model: Any) -> Any:
        self._first = model.num_boosted_rounds()
        self._run._try(self._log_params, model)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        values: dict[str, float] = {}
        for name, metrics in evals_log.items():
            for metric, scores in metrics.items():
                score = scores[-1]
                if isinstance(score, tuple):
                    score, values[f"{name}/{metric}-std"] = score
                values[f"{name}/{metric}"] = score
        self._run.log(values, step=self._first + epoch)
        return False

    def after_training(self, model: Any) -> Any:
        self._run._try(self._log_result, model)
        return model

    def _log_params(self, model: Any) -> None:
        learner = json.loads(_boosters(model)[0].save_config())["learner"]
        booster = learner["gradient_booster"]
        trees = booster.get("gbtree", booster).get("tree_train_param", {})  # dart is around a gbtree
        self._trees = bool(trees)
        numbers = {key: _number(value) for key, value in trees.items()}
        params = {**numbers, "booster": booster["name"], "objective": learner["objective"]["name"]}
        self._run.log_params({"xgboost": params})

    def _log_result(self, model: Any) -> None:
        if best := _boosters(model)[0].attr("best_iteration"):
            self._run.label("xgboost.best_iteration", best)
        if self._importance is not None and self._trees and isinstance(model, xgboost.Booster):
            scores = model.get_score(importance_type=self._importance)
            last = self._first + model.num_boosted_rounds() - 1
            self._run.log({f"importance/{self._importance}": importance_table(scores)}, step=last)


def _boosters(model: Any) -> list[Any]:
    """One, or those of the folds of cv."""
    return [fold.bst for fold in model.cvfolds] if hasattr(model, "cvfolds") else [model]


def _number(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
