"""Graphs of models: GraphDef and ONNX as they are, Keras models as their JSON, torch modules as a GraphDef."""

from __future__ import annotations

import os
from typing import Any

from stepwell._imports import load
from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import sniff, wire
from stepwell._values.base import Encoded, Media, document


class Graph(Media):
    """A model's graph.

    Args:
        model: a torch module, a Keras model, an ONNX model, a TensorFlow graph or GraphDef, a path, or bytes.
        format: of bytes and paths: "graph_def", "onnx" or "keras_json"; told from a path's ending if it can be.
    """

    def __init__(self, model: object, format: str | None = None) -> None:
        self.model = model
        self.format = format

    def _encode(self, tag: str) -> list[Encoded]:
        data, form = self._bytes(f"graph {tag!r}")
        plugin = {"keras_json": "graph_keras_model", "onnx": "graph_onnx"}.get(form, "graphs")
        return [document(tag, pb.KIND_GRAPH, plugin, data, sniff.OCTET_STREAM, form)]

    def _bytes(self, what: str) -> tuple[bytes, str]:
        model: Any = self.model
        encoded = sniff.read_source(model, what)
        if encoded is not None:
            return encoded, self._told_format(what)
        if hasattr(model, "named_modules"):
            return torch_graph(model), "graph_def"
        if hasattr(model, "to_json") and hasattr(model, "layers"):
            return str(model.to_json()).encode(), "keras_json"
        if hasattr(model, "as_graph_def"):
            model = model.as_graph_def()
        if hasattr(model, "SerializeToString"):
            return bytes(model.SerializeToString()), "onnx" if hasattr(model, "opset_import") else "graph_def"
        raise TypeError(f"{what}: a graph is made of a model, a path or bytes, not of a {type(model).__name__}")

    def _told_format(self, what: str) -> str:
        form = self.format
        if form is None and isinstance(self.model, (str, os.PathLike)):
            ending = os.path.splitext(os.fsdecode(self.model))[1].lower()
            form = {".onnx": "onnx", ".json": "keras_json", ".pb": "graph_def"}.get(ending)
        if form is None and isinstance(self.model, (bytes, bytearray)):
            form = "graph_def"
        if form not in ("graph_def", "onnx", "keras_json"):
            raise ValueError(f'{what}: format is "graph_def", "onnx" or "keras_json", not {form!r}')
        return form


def torch_graph(module: Any) -> bytes:
    """A GraphDef of a torch module: what torch.fx can trace of it with its edges, else its modules by name."""
    return b"".join(_traced(module) or _named(module))


def _traced(module: Any) -> list[bytes] | None:
    """The operations of the module as torch.fx sees them; None if it cannot trace it."""
    try:
        traced = load("torch.fx").symbolic_trace(module)
    except Exception:  # a forward that fx cannot follow may raise anything
        return None
    modules = dict(module.named_modules())
    names: dict[Any, str] = {}
    nodes = []
    for node in traced.graph.nodes:
        target = str(node.target)
        name, kind = str(node.name), target
        if node.op == "call_module":
            # The path of modules before the call's own name: what is inside a module is drawn inside it.
            name = f"{target.replace('.', '/')}/{node.name}"
            kind = type(modules[target]).__name__
        elif node.op == "call_function":
            kind = getattr(node.target, "__name__", target)
        elif node.op in ("placeholder", "output", "get_attr"):
            kind = {"placeholder": "Placeholder", "output": "Output", "get_attr": "Parameter"}[node.op]
        names[node] = name
        attributes = _parameters(modules[target]) if node.op == "call_module" else {}
        nodes.append(_node(name, kind, [names[one] for one in node.all_input_nodes], attributes))
    return nodes


def _named(module: Any) -> list[bytes]:
    nodes = []
    for path, part in module.named_modules():
        if path and not any(True for _ in part.children()):
            nodes.append(_node(path.replace(".", "/"), type(part).__name__, [], _parameters(part)))
    return nodes or [_node(type(module).__name__, type(module).__name__, [], _parameters(module))]


def _parameters(module: Any) -> dict[str, str]:
    found = {name: str(list(p.shape)) for name, p in module.named_parameters(recurse=False)}
    return {"extra": str(module.extra_repr()), **found} if hasattr(module, "extra_repr") else found


def _node(name: str, op: str, inputs: list[str], attributes: dict[str, str]) -> bytes:
    """GraphDef.node: NodeDef{name = 1, op = 2, input = 3, attr = 5: map of AttrValue{s = 2}}."""
    body = wire.text_field(1, name) + wire.text_field(2, op) + b"".join(wire.text_field(3, one) for one in inputs)
    for key, text in attributes.items():
        if text:
            body += wire.bytes_field(5, wire.text_field(1, key) + wire.bytes_field(2, wire.text_field(2, text)))
    return wire.bytes_field(1, body)
