#include "ingest/value_refs.h"

namespace stepwell::ingest {
namespace {

void Add(const v1::BlobRef& blob, std::vector<const v1::BlobRef*>& out) {
  if (!blob.sha256().empty() || blob.size() > 0) out.push_back(&blob);
}

}  // namespace

std::vector<const v1::BlobRef*> BlobsOf(const v1::Value& value) {
  std::vector<const v1::BlobRef*> out;
  switch (value.kind_case()) {
    case v1::Value::kText:
      Add(value.text().blob(), out);
      break;
    case v1::Value::kImage:
      for (const v1::BlobRef& blob : value.image().items()) Add(blob, out);
      break;
    case v1::Value::kAudio:
      for (const v1::Audio::Item& item : value.audio().items()) Add(item.blob(), out);
      break;
    case v1::Value::kTensor:
      Add(value.tensor().blob(), out);
      break;
    case v1::Value::kPrCurve:
      Add(value.pr_curve().rows().blob(), out);
      break;
    case v1::Value::kMesh:
      Add(value.mesh().tensor().blob(), out);
      break;
    case v1::Value::kBytes:
      Add(value.bytes().blob(), out);
      break;
    case v1::Value::kEmbedding:
      Add(value.embedding().vectors().blob(), out);
      Add(value.embedding().metadata(), out);
      Add(value.embedding().sprite(), out);
      break;
    case v1::Value::kHistogram:
    case v1::Value::kJson:
    case v1::Value::KIND_NOT_SET:
      break;
  }
  return out;
}

}  // namespace stepwell::ingest
