#!/usr/bin/env python3
"""A real training by Lightning: lightning_training.py JSON, {"logger": {…}, "trainer": {…}, "fail": step, "again": …}.

Prints as JSON what the model computed: {"version", "folder", "loss": [[step, loss]…], "validation": …}.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from typing import Any

import torch
from torch.utils.data import DataLoader, TensorDataset

PACKAGE = os.environ.get("LIGHTNING_PACKAGE", "pytorch_lightning")
lightning = importlib.import_module(PACKAGE)

# Lightning's modules look for sharded tensors, which torch 1.13 has and Python 3.11 cannot import.
WITHOUT_SHARDS = f"""
import {PACKAGE}
{PACKAGE}.LightningModule._register_sharded_tensor_state_dict_hooks_if_available = lambda self: None
"""
exec(WITHOUT_SHARDS, {})


class Model(lightning.LightningModule):  # type: ignore[name-defined]
    def __init__(self, lr: float = 0.05, sizes: tuple[int, ...] = (4, 1), fail: int = -1) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(*sizes)
        self.seen: dict[str, list[Any]] = {"loss": [], "validation": [], "test": []}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)

    def _loss(self, batch: list[torch.Tensor]) -> torch.Tensor:
        return torch.nn.functional.mse_loss(self(batch[0]).squeeze(), batch[0].sum(1))

    def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
        if self.global_step == self.hparams["fail"]:
            raise RuntimeError("a training that fails")
        loss = self._loss(batch)
        self.seen["loss"].append([self.global_step, loss.item()])
        self.log("loss", loss)
        return loss

    def validation_step(self, batch: list[torch.Tensor], index: int) -> None:
        loss = self._loss(batch)
        if not self.trainer.sanity_checking:
            self.seen["validation"].append(loss.item())
        self.log("val/loss", loss)

    def test_step(self, batch: list[torch.Tensor], index: int) -> None:
        loss = self._loss(batch)
        self.seen["test"].append(loss.item())
        self.log("test/loss", loss)

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), self.hparams["lr"])


def main() -> None:
    asked = json.loads(sys.argv[1])
    torch.manual_seed(1)
    data = TensorDataset(torch.randn(24, 4))
    from stepwell.integration.lightning import StepwellLogger  # of the package that was imported before it

    logger = StepwellLogger(capture=False, **asked["logger"])
    options = {"max_epochs": 2, "accelerator": "cpu", "log_every_n_steps": 1, "enable_progress_bar": False}
    trainer = lightning.Trainer(logger=logger, enable_model_summary=False, **{**options, **asked.get("trainer", {})})
    model = Model(fail=asked.get("fail", -1))
    trainer.fit(model, DataLoader(data, 4), DataLoader(data, 24), ckpt_path=asked.get("from"))
    if asked.get("test"):
        trainer.test(model, DataLoader(data, 24), verbose=False)
    if trainer.is_global_zero:
        logger.log_hyperparams(argparse.Namespace(said="later"))
        checkpoint = trainer.checkpoint_callback.best_model_path
        print(json.dumps({"version": logger.version, "checkpoint": checkpoint, **model.seen}))


if __name__ == "__main__":
    main()
