"""Logs to a Stepwell run beside tf.summary's event files: patch_tensorboard("tensorflow").

All of tf.summary, and so Keras's TensorBoard callback, ends in the operations of TensorFlow's gen_summary_ops. A call
of one that writes is followed by the same for the run of the writer's folder. In a tf.function, where values are not
known when the call is made, an operation beside it does that when they are.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
from collections.abc import Callable
from typing import Any

from stepwell._complaints import warn
from stepwell._values import Audio, Graph, Image, Media, Text
from stepwell._values.summary_forms import Buckets, RawPRCurve

_PATCHED = "_stepwell_patched"
_runs: dict[str, str] = {}  # folder → the id of its run: a second writer of a folder goes on with it
_told: set[str] = set()


def patch() -> None:
    operations = importlib.import_module("tensorflow.python.ops.gen_summary_ops")
    if getattr(operations, _PATCHED, False):
        return
    beside: dict[str, Callable[..., None]] = {
        "create_summary_file_writer": _create,
        "write_summary": _write,
        "write_raw_proto_summary": _write_raw,
        "write_graph_summary": _write_graph,
        "close_summary_writer": _close,
    }
    for name, ours in beside.items():
        setattr(operations, name, _after(getattr(operations, name), ours))
    setattr(operations, _PATCHED, True)


def _after(operation: Callable[..., Any], ours: Callable[..., None]) -> Callable[..., Any]:
    """The operation, and after it what we do of the same arguments. Nothing of ours reaches its caller."""
    signature = inspect.signature(operation)

    @functools.wraps(operation)
    def both(*args: Any, **kwargs: Any) -> Any:
        result = operation(*args, **kwargs)
        _carefully(ours, **signature.bind(*args, **kwargs).arguments)
        return result

    return both


def _carefully(ours: Callable[..., None], *args: Any, **kwargs: Any) -> None:
    try:
        ours(*args, **kwargs)
    except Exception as error:
        _tell(f"what tf.summary writes is in the event file only ({type(error).__name__}: {error})")


def _tell(text: str) -> None:
    if text not in _told:
        _told.add(text)
        warn(text)


class _Beside:
    """The run of a folder, opened when something is written."""

    def __init__(self, folder: str) -> None:
        self._folder = os.path.abspath(folder)
        self._writer: Any = None

    @property
    def writer(self) -> Any:
        if self._writer is None:
            from stepwell.tensorboard import SummaryWriter

            options: dict[str, Any] = {"id": _runs[self._folder]} if self._folder in _runs else {}
            self._writer = SummaryWriter(self._folder, **options)
            _runs[self._folder] = self._writer.run.id
        return self._writer

    def take(self, step: Any, tensor: Any, tag: Any, metadata: Any) -> None:
        """One value, as numpy has it, with TensorFlow's SummaryMetadata."""
        plugin = metadata.plugin_data
        name = tag.decode() if isinstance(tag, bytes) else str(tag)
        if plugin.plugin_name == "hparams":
            self._take_hparams(plugin.content)
        elif plugin.plugin_name in _VALUES:
            self.writer.run.log({name: _VALUES[plugin.plugin_name](tensor)}, step=int(step))
        else:
            _tell(f"{name!r} is in the event file only: values of plugin {plugin.plugin_name!r} are not taken here")

    def _take_hparams(self, content: bytes) -> None:
        messages = importlib.import_module("tensorboard.plugins.hparams.plugin_data_pb2")
        started = messages.HParamsPluginData.FromString(content).session_start_info
        params = {name: getattr(value, value.WhichOneof("kind")) for name, value in started.hparams.items()}
        if params:
            self.writer.run.log_params(params)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _strings(tensor: Any) -> Any:
    """An array of bytes as nested lists of str."""
    if isinstance(tensor, (list, tuple)):
        return [_strings(one) for one in tensor]
    return tensor.decode("utf-8", "surrogateescape") if isinstance(tensor, bytes) else str(tensor)


def _text(tensor: Any) -> Media:
    return Text(_strings(tensor.tolist() if hasattr(tensor, "tolist") else tensor))


_VALUES: dict[str, Callable[[Any], Any]] = {
    "scalars": float,
    "histograms": Buckets,
    "images": lambda tensor: [Image(bytes(one)) for one in tensor[2:]],  # before them width and height
    "audio": lambda tensor: [Audio(bytes(clip), caption=label.decode()) for clip, label in tensor],
    "text": _text,
    "pr_curves": RawPRCurve,
    "graph_keras_model": lambda tensor: Graph(
        bytes(tensor.item() if hasattr(tensor, "item") else tensor), "keras_json"
    ),
}


def _tensorflow() -> Any:
    return importlib.import_module("tensorflow")


def _metadata(data: Any) -> Any:
    data = data.encode("latin-1") if isinstance(data, str) else data
    return importlib.import_module("tensorflow.core.framework.summary_pb2").SummaryMetadata.FromString(data)


def _create(writer: Any, logdir: Any, **_: Any) -> None:
    tensorflow = _tensorflow()
    folder = tensorflow.get_static_value(tensorflow.convert_to_tensor(logdir))
    writer._stepwell = _Beside(folder.item().decode() if hasattr(folder, "item") else folder.decode())


def _of(writer: Any) -> _Beside:
    """What is beside a writer, which is known by its resource."""
    beside: _Beside | None = getattr(writer, "_stepwell", None)
    if beside is None:
        raise LookupError("the writer was made before patch_tensorboard was called")
    return beside


def _write(writer: Any, step: Any, tensor: Any, tag: Any, summary_metadata: Any, **_: Any) -> None:
    beside, metadata = _of(writer), _metadata(summary_metadata)
    _when_known(lambda at, value, name: beside.take(at, value, name, metadata), step, tensor, tag)


def _write_graph(writer: Any, step: Any, tensor: Any, **_: Any) -> None:
    beside = _of(writer)
    _when_known(lambda data: beside.writer.run.log({"graph": Graph(data)}, step=0), tensor)


def _write_raw(writer: Any, step: Any, tensor: Any, **_: Any) -> None:
    beside, messages = _of(writer), importlib.import_module("tensorflow.core.framework.summary_pb2")

    def take(at: Any, data: bytes) -> None:
        for value in messages.Summary.FromString(data).value:
            known = _tensorflow().make_ndarray(value.tensor) if value.HasField("tensor") else value.simple_value
            beside.take(at, known, value.tag, value.metadata)

    _when_known(take, step, tensor)


def _close(writer: Any, **_: Any) -> None:
    _of(writer).close()


def _when_known(take: Callable[..., None], *values: Any) -> None:
    """Calls `take` with the values of tensors: now, or when the tf.function that is being traced runs."""
    tensorflow = _tensorflow()
    if tensorflow.executing_eagerly():
        take(*(one.numpy() if hasattr(one, "numpy") else one for one in values))
        return
    run = functools.partial(_carefully, take)
    tensorflow.numpy_function(run, [tensorflow.convert_to_tensor(one) for one in values], [])
