// The blobs that a value names.
//
// Thread safety: pure functions.
#pragma once

#include <vector>

#include "stepwell/v1/value.pb.h"

namespace stepwell::sync {

// In the order of the fields; valid as long as the value. Found by reflection, so that no kind of value is forgotten.
std::vector<const v1::BlobRef*> BlobRefs(const v1::Value& value);

}  // namespace stepwell::sync
