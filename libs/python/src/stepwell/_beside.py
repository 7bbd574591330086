"""Logs to a Stepwell run beside the event files of other SummaryWriters: patch_tensorboard()."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
import threading
from collections.abc import Callable
from typing import Any

from stepwell._complaints import warn

_PATCHED = "_stepwell_patched"
_WRITERS = ("torch.utils.tensorboard", "tensorboardX")
_TENSORFLOW = "tensorflow"
# Whether this thread is in a method already: add_hparams makes a writer and calls its add_scalar; once is enough.
_thread = threading.local()


def patch_tensorboard(*modules: str) -> list[str]:
    """Makes what writes event files log to a Stepwell run too: the writers of torch, tensorboardX and tf.summary.

    Call it before a writer is made. Returns the names of what is patched.

    Args:
        modules: of "torch.utils.tensorboard", "tensorboardX" and "tensorflow". Default: the first two if they are
            installed, and TensorFlow if it is imported already.
    """
    from stepwell.tensorboard import SummaryWriter

    if unknown := set(modules) - {*_WRITERS, _TENSORFLOW}:
        raise ValueError(f"there are {', '.join((*_WRITERS, _TENSORFLOW))}, not {', '.join(sorted(unknown))}")
    done = []
    if _TENSORFLOW in modules or (not modules and _TENSORFLOW in sys.modules):
        importlib.import_module("stepwell._beside_tensorflow").patch()
        done.append(_TENSORFLOW)
    for module in (one for one in _WRITERS if one in modules or not modules):
        if module not in sys.modules:
            try:
                importlib.import_module(module)
            except ImportError:
                continue
        writer = sys.modules[module].SummaryWriter
        if not getattr(writer, _PATCHED, False):
            writer.__init__ = _noting_purge(writer.__init__)
            for name in dir(SummaryWriter):
                if (name.startswith("add_") or name == "close") and hasattr(writer, name):
                    setattr(writer, name, _beside(getattr(writer, name), name))
            setattr(writer, _PATCHED, True)
        done.append(module)
    return done


def _noting_purge(init: Callable[..., None]) -> Callable[..., None]:
    """The constructor, which keeps its purge_step for us; torch's forgets it."""
    signature = inspect.signature(init)

    @functools.wraps(init)
    def noting(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        self.__dict__["_stepwell_purge"] = signature.bind(self, *args, **kwargs).arguments.get("purge_step")

    return noting


def _beside(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The method, and after it the same of the writer's Stepwell run. Nothing of ours reaches its caller."""

    @functools.wraps(method)
    def both(self: Any, *args: Any, **kwargs: Any) -> Any:
        inside = getattr(_thread, "inside", False)
        _thread.inside = True
        try:
            result = method(self, *args, **kwargs)
        finally:
            _thread.inside = inside
        if not inside:
            try:
                mirror = self.__dict__.get("_stepwell_mirror")
                if mirror is None and name != "close":
                    folder = getattr(self, "log_dir", None) or getattr(self, "logdir", None)
                    from stepwell.tensorboard import SummaryWriter

                    mirror = SummaryWriter(folder, purge_step=self.__dict__.get("_stepwell_purge"))
                    self.__dict__["_stepwell_mirror"] = mirror
                if mirror is not None:
                    ours = getattr(mirror, name)
                    known = inspect.signature(ours).parameters  # tensorboardX has arguments of its own
                    ours(*args, **{key: value for key, value in kwargs.items() if key in known})
            except Exception as error:
                warn(f"{name} is in the event file only: {error}")
        return result

    return both
