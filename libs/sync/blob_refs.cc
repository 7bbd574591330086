#include "sync/blob_refs.h"

namespace stepwell::sync {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void Collect(const Message& message, std::vector<const v1::BlobRef*>& found) {
  if (message.GetDescriptor() == v1::BlobRef::descriptor()) {
    const auto& blob = static_cast<const v1::BlobRef&>(message);
    if (!blob.sha256().empty()) found.push_back(&blob);
    return;
  }
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Collect(reflection->GetMessage(message, field), found);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i)
      Collect(reflection->GetRepeatedMessage(message, field, i), found);
  }
}

}  // namespace

std::vector<const v1::BlobRef*> BlobRefs(const v1::Value& value) {
  std::vector<const v1::BlobRef*> found;
  Collect(value, found);
  return found;
}

}  // namespace stepwell::sync
