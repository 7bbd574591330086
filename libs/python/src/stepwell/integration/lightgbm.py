"""LightGBM: every metric of every evaluation set, and which features the booster used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm

from stepwell.integration._boosting import importance_table
from stepwell.run import Run

_ORDER = 25  # among callbacks: after LightGBM's own record_evaluation (20), before early_stopping (30), which raises


def log_evaluation(run: Run, period: int = 1) -> Callable[[Any], None]:
    """A callback that logs what LightGBM evaluates: `callbacks=[log_evaluation(run)]` of `train`, `cv` or an estimator.

    A metric is `<set>/<metric>`, such as `valid_0/l2`, at the number of the boosting round; that of `cv` is the mean,
    with `<set>/<metric>-std` beside it. The parameters of the training become those of the run, as `lightgbm.…`.

    Args:
        run: where to; it stays open.
        period: rounds from one logged to the next; the last one is logged always.
    """
    if period < 1:
        raise ValueError(f"period is a number of rounds from 1 on, not {period}")
    told = False

    def callback(env: Any) -> None:
        nonlocal told
        if not told:
            told = True
            run.log_params({"lightgbm": dict(env.params)})
        if (env.iteration - env.begin_iteration) % period and env.iteration + 1 != env.end_iteration:
            return
        values: dict[str, float] = {}
        for name, metric, score, _, *deviation in env.evaluation_result_list or []:
            values[f"{name}/{metric}"] = score
            if deviation:
                values[f"{name}/{metric}-std"] = deviation[0]
        run.log(values, step=env.iteration)

    callback.order = _ORDER  # type: ignore[attr-defined]
    return callback


def log_importance(run: Run, booster: Any, importance: str = "gain") -> None:
    """Logs which features a trained booster (or estimator) used, as the table `importance/<type>` at its last round,
    which after an early stop is the best one.

    Args:
        importance: "gain" or "split", LightGBM's importance_type.
    """

    def log() -> None:
        trained = booster if isinstance(booster, lightgbm.Booster) else booster.booster_
        scores = zip(trained.feature_name(), trained.feature_importance(importance_type=importance), strict=True)
        table = importance_table(dict(scores))
        run.log({f"importance/{importance}": table}, step=trained.current_iteration() - 1)
        if trained.best_iteration > 0:
            run.label("lightgbm.best_iteration", trained.best_iteration)

    run._try(log)
