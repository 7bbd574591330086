// Which kind of series TensorBoard's plugins log (facts: tensorboard/plugins/*/metadata.py).
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "stepwell/v1/value.pb.h"
#include "tensorboard/event.pb.h"

namespace stepwell::tensorboard {

// A plugin that nobody knows logs tensors.
v1::Kind KindOfPlugin(std::string_view plugin);

// Bytes.format of a graph by its plugin.
std::string_view GraphFormat(std::string_view plugin);

// Whether a tensor without metadata can belong to a series of which only the kind is known (a converter that was
// seeded).
bool CanBe(v1::Kind kind, const wire::Tensor& tensor);

}  // namespace stepwell::tensorboard
