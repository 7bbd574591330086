#include "tensorboard/plugin_kind.h"

namespace stepwell::tensorboard {

v1::Kind KindOfPlugin(std::string_view plugin) {
  if (plugin == "scalars") return v1::KIND_SCALAR;
  if (plugin == "text") return v1::KIND_TEXT;
  if (plugin == "images") return v1::KIND_IMAGE;
  if (plugin == "audio") return v1::KIND_AUDIO;
  if (plugin == "histograms") return v1::KIND_HISTOGRAM;
  if (plugin == "pr_curves") return v1::KIND_PR_CURVE;
  if (plugin == "mesh") return v1::KIND_MESH;
  if (plugin == "hparams") return v1::KIND_HPARAMS;
  if (plugin == "custom_scalars") return v1::KIND_LAYOUT;
  if (plugin == "graphs" || plugin.starts_with("graph_"))
    return v1::KIND_GRAPH;  // graph_keras_model, graph_run_metadata, ...
  return v1::KIND_TENSOR;
}

std::string_view GraphFormat(std::string_view plugin) {
  if (plugin == "graph_keras_model") return "keras_json";
  return plugin == "graphs" ? "graph_def" : "run_metadata";
}

bool CanBe(v1::Kind kind, const wire::Tensor& tensor) {
  const bool strings = tensor.dtype() == 7;
  switch (kind) {
    case v1::KIND_TEXT:
    case v1::KIND_IMAGE:
    case v1::KIND_AUDIO:
    case v1::KIND_GRAPH:
    case v1::KIND_LAYOUT:
      return strings;
    case v1::KIND_SCALAR:
    case v1::KIND_MESH:
    case v1::KIND_HISTOGRAM:
    case v1::KIND_PR_CURVE:
      return !strings;
    case v1::KIND_TENSOR:
    case v1::KIND_OTHER:
      return true;
    case v1::KIND_HPARAMS:
      return true;
    default:
      return false;
  }
}

}  // namespace stepwell::tensorboard
