"""Tensors and modules of torch are taken as they are; our SummaryWriter's methods are called as torch's."""

from __future__ import annotations

import inspect

import pytest
import stepwell
import torch
from stepwell._values import Encoded, encode
from stepwell.tensorboard import SummaryWriter
from tensorboard.compat.proto.graph_pb2 import GraphDef
from torch.utils.tensorboard import SummaryWriter as TorchWriter

METHODS = [name for name in dir(TorchWriter) if not name.startswith("_")]


def only(value: object) -> Encoded:
    (encoded,) = encode("v", value)
    return encoded


@pytest.mark.parametrize("name", ["__init__", *METHODS])
def test_signatures_are_those_of_torch(name: str) -> None:
    theirs = list(inspect.signature(getattr(TorchWriter, name)).parameters.values())
    ours = inspect.signature(getattr(SummaryWriter, name)).parameters
    shared = [p for p in ours.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    # Older ones have fewer: 1.13's add_hparams takes no global_step.
    assert [(p.name, p.default) for p in shared[: len(theirs)]] == [(p.name, p.default) for p in theirs]


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16", "int64", "uint8", "bool", "complex64"])
def test_a_tensor_keeps_its_bits(dtype: str) -> None:
    data = torch.tensor([[0, 1], [2, 3]]).to(getattr(torch, dtype)).t()
    tensor = only(data).value.tensor
    assert (tensor.dtype, list(tensor.shape)) == (dtype, [2, 2])
    assert torch.equal(torch.frombuffer(bytearray(tensor.data), dtype=data.dtype).reshape(2, 2), data)


def test_a_tensor_that_requires_grad_is_taken_and_keeps_its_graph() -> None:
    weight = torch.ones(2, requires_grad=True)
    assert only(weight * 2).value.tensor.data == torch.full((2,), 2.0).numpy().tobytes()
    assert only(stepwell.Histogram(weight)).value.histogram.count == [2.0]
    assert weight.requires_grad and weight.grad is None


def test_other_layouts_of_tensors_are_those_of_their_values() -> None:
    dense = torch.tensor([[0.0, 2.0], [0.0, 0.0]])
    expected = only(dense).value
    assert only(dense.to_sparse()).value == expected
    assert only(torch.quantize_per_tensor(dense, 1.0, 0, torch.quint8)).value == expected
    assert only(torch.conj(torch.tensor([1 + 2j]))).value == only(torch.tensor([1 - 2j])).value
    assert only(torch.nn.Parameter(dense)).value == expected


def test_a_module_is_a_graph_that_tensorboard_reads() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
    graph = GraphDef.FromString(only(stepwell.Graph(model)).blobs[0])
    assert [node.op for node in graph.node] == ["Placeholder", "Linear", "ReLU", "Output"]
    assert list(graph.node[2].input) == [graph.node[1].name]
    assert graph.node[1].attr["weight"].s == b"[3, 2]"


class Branches(torch.nn.Module):
    """What torch.fx cannot follow: it depends on the values."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Sequential(torch.nn.Linear(2, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x) if x.sum() > 0 else x


def test_a_module_that_cannot_be_traced_is_the_list_of_its_parts() -> None:
    graph = GraphDef.FromString(only(stepwell.Graph(Branches())).blobs[0])
    assert [(node.name, node.op) for node in graph.node] == [("inner/0", "Linear")]
