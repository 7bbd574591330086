// What a value says outside its own bytes.
#pragma once

#include <vector>

#include "stepwell/v1/value.pb.h"

namespace stepwell::ingest {

// The blobs that a value names.
std::vector<const v1::BlobRef*> BlobsOf(const v1::Value& value);

}  // namespace stepwell::ingest
