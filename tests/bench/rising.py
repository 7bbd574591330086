#!/usr/bin/env python3
"""Logs a curve whose value is its step, ten times a second, and prints "step seconds" when a call has returned."""

from __future__ import annotations

import time

import stepwell


def main() -> None:
    run = stepwell.init(experiment="rising", name="rising", capture=False)
    step = 0
    while True:
        run.log({"rising": float(step)}, step=step)
        print(step, time.time(), flush=True)
        step += 1
        time.sleep(0.1)


if __name__ == "__main__":
    main()
