#include "base/media_type.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"

namespace stepwell {
namespace {

using namespace std::string_literals;

std::string Be32(uint32_t value) {
  std::string out;
  PutBe32(out, value);
  return out;
}

std::string Png(uint32_t width, uint32_t height) {
  return "\x89PNG\r\n\x1a\n"s + Be32(13) + "IHDR" + Be32(width) + Be32(height) + "\x08\x02\0\0\0"s;
}

std::string Wav(uint32_t rate, uint16_t channels, uint16_t bits, uint32_t data_bytes, size_t there) {
  std::string out = "RIFF";
  PutLe32(out, 36 + data_bytes);
  out += "WAVEfmt ";
  PutLe32(out, 16);
  out += "\1\0"s;
  out.append(reinterpret_cast<const char*>(&channels), 2);
  PutLe32(out, rate);
  PutLe32(out, rate * channels * bits / 8);
  const auto frame = static_cast<uint16_t>(channels * bits / 8);
  out.append(reinterpret_cast<const char*>(&frame), 2);
  out.append(reinterpret_cast<const char*>(&bits), 2);
  out += "data";
  PutLe32(out, data_bytes);
  return out + std::string(there, '\0');
}

TEST(MediaType, IsKnownByTheFirstBytes) {
  EXPECT_EQ(SniffMediaType(Png(1, 1)), "image/png");
  EXPECT_EQ(SniffMediaType(Png(1, 1).substr(0, 8)), "image/png");
  EXPECT_EQ(SniffMediaType("\xff\xd8\xff\xe0"), "image/jpeg");
  EXPECT_EQ(SniffMediaType("GIF89a"), "image/gif");
  EXPECT_EQ(SniffMediaType("RIFF\0\0\0\0WEBPVP8 "s), "image/webp");
  EXPECT_EQ(SniffMediaType("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0"s), "image/bmp");
  EXPECT_EQ(SniffMediaType(Wav(8000, 1, 16, 0, 0)), "audio/wav");
  EXPECT_EQ(SniffMediaType("ID3\4"), "audio/mpeg");
  EXPECT_EQ(SniffMediaType("\xff\xfb\x90\x64"), "audio/mpeg");
  EXPECT_EQ(SniffMediaType("OggS\0\2"s + std::string(30, '\0')), "audio/ogg");
  EXPECT_EQ(SniffMediaType("fLaC\0"s), "audio/flac");
  EXPECT_EQ(SniffMediaType("\0\0\0\x18"
                           "ftypisom\0\0\2\0"s),
            "video/mp4");
  EXPECT_EQ(SniffMediaType("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm"s), "video/webm");
}

TEST(MediaType, SvgIsKnownBehindItsProlog) {
  EXPECT_EQ(SniffMediaType("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml");
  EXPECT_EQ(SniffMediaType("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg>"),
            "image/svg+xml");
  EXPECT_EQ(SniffMediaType("<html><svg>"), kOctetStream);
  EXPECT_EQ(SniffMediaType("<svgx>"), kOctetStream);
  EXPECT_EQ(SniffMediaType("<!-- never closed"), kOctetStream);
}

TEST(MediaType, EverythingElseIsBytes) {
  for (const std::string& bytes :
       {""s, "text"s, "<script>"s, "OggS not really"s, "%PDF-1.4"s, "RIFF"s, "BM"s, "\xff\xff\xff\xff"s}) {
    EXPECT_EQ(SniffMediaType(bytes), kOctetStream) << bytes;
  }
}

TEST(ImageSize, IsReadFromTheHeader) {
  EXPECT_EQ(ReadImageSize(Png(640, 480))->width, 640u);
  EXPECT_EQ(ReadImageSize(Png(640, 480))->height, 480u);
  EXPECT_EQ(ReadImageSize("GIF89a\x02\x01\x03\x00"s)->width, 258u);
  const std::string jpeg = "\xff\xd8\xff\xe0\x00\x04\x01\x02\xff\xc0\x00\x0b\x08\x00\x10\x00\x20"s;
  EXPECT_EQ(ReadImageSize(jpeg)->width, 32u);
  EXPECT_EQ(ReadImageSize(jpeg)->height, 16u);
}

TEST(ImageSize, IsNotClaimedForLiesAndCutHeaders) {
  EXPECT_FALSE(ReadImageSize(Png(100000, 100000)));
  EXPECT_FALSE(ReadImageSize(Png(0, 5)));
  EXPECT_FALSE(ReadImageSize(Png(5, 5).substr(0, 20)));
  EXPECT_FALSE(ReadImageSize("\xff\xd8\xff\xe0\xff\xff"s));
  EXPECT_FALSE(ReadImageSize("no image"));
}

TEST(WavFormat, IsReadFromTheHeader) {
  const auto format = ReadWavFormat(Wav(44100, 2, 16, 400, 400));
  ASSERT_TRUE(format);
  EXPECT_EQ(format->rate, 44100u);
  EXPECT_EQ(format->channels, 2u);
  EXPECT_EQ(format->bits, 16u);
  EXPECT_EQ(format->frames, 100u);
}

TEST(WavFormat, FramesAreThoseThatAreThere) {
  EXPECT_EQ(ReadWavFormat(Wav(8000, 1, 8, 4'000'000'000u, 10))->frames, 10u);
  EXPECT_EQ(ReadWavFormat(Wav(8000, 1, 8, 0, 0))->frames, 0u);
}

TEST(WavFormat, ImpossibleNumbersAreNoFormat) {
  EXPECT_FALSE(ReadWavFormat(Wav(0, 1, 16, 0, 0)));
  EXPECT_FALSE(ReadWavFormat(Wav(8000, 0, 16, 0, 0)));
  EXPECT_FALSE(ReadWavFormat("RIFF\0\0\0\0WAVE"s));
  EXPECT_FALSE(ReadWavFormat(""));
}

TEST(Headers, NoCutNorFlippedByteIsReadBeyondItsEnd) {
  for (const std::string& whole : {Png(3, 4), Wav(8000, 1, 8, 4, 4)}) {
    for (size_t i = 0; i < whole.size(); ++i) {
      for (int value = 0; value < 256; value += 15) {
        std::string changed = whole;
        changed[i] = static_cast<char>(value);
        ReadImageSize(changed);
        ReadWavFormat(changed.substr(0, i + 1));
      }
    }
  }
}

}  // namespace
}  // namespace stepwell
