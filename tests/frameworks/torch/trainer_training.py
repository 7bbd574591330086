#!/usr/bin/env python3
"""A real training by Hugging Face's Trainer of a tiny random model: trainer_training.py JSON.

The argument: {"callback": {…}, "training": {…}}. Prints the trainer's log history as JSON.
"""

from __future__ import annotations

import json
import sys

import torch
import transformers
from stepwell.integration.transformers import StepwellCallback


def main() -> None:
    asked = json.loads(sys.argv[1])
    # Not GPT-2: gloo cannot send its buffers, which are bool.
    config = transformers.BertConfig(vocab_size=32, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
                                     intermediate_size=16, max_position_embeddings=16)  # fmt: skip
    transformers.set_seed(1)
    model = transformers.BertForMaskedLM(config)
    rows = [{"input_ids": row, "labels": row} for row in torch.randint(0, 32, (24, 8))]
    options = {"output_dir": "out", "max_steps": 10, "per_device_train_batch_size": 4, "logging_steps": 1,
               "evaluation_strategy": "steps", "eval_steps": 5, "report_to": "none", "use_cpu": True,
               "disable_tqdm": True, "save_strategy": "no"}  # fmt: skip
    training = transformers.TrainingArguments(**{**options, **asked.get("training", {})})
    callback = StepwellCallback(capture=False, **asked["callback"])
    trainer = transformers.Trainer(model, training, train_dataset=rows, eval_dataset=rows[:8], callbacks=[callback])
    trainer.train()
    trainer.evaluate(rows[8:], metric_key_prefix="test")
    if trainer.is_world_process_zero():
        print(json.dumps(trainer.state.log_history))


if __name__ == "__main__":
    main()
