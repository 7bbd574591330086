"""Images, clips and videos: what is shown is what was logged, and what cannot be is refused with a reason."""

from __future__ import annotations

import array
import hashlib
import io
import json
import math
import pathlib
import struct
import wave
import zlib

import pytest

import stepwell._values as values
from stepwell._values import png, sniff
from stepwell._values.base import Encoded

RED, BLUE = [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]


def only(tag: str, value: object) -> Encoded:
    (encoded,) = values.encode(tag, value)
    return encoded


def decode_png(data: bytes) -> tuple[int, int, list[bytes]]:
    """(width, height, frames) of the PNGs that the package writes: filters 0 and 2, no interlacing."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, width, height, channels, bits = 8, 0, 0, 0, 0
    streams: list[bytes] = []
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size)[0] == zlib.crc32(name + body)
        if name == b"IHDR":
            width, height, bits, colour = struct.unpack_from(">IIBB", body)
            channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
        elif name in (b"IDAT", b"fdAT"):
            streams.append(body if name == b"IDAT" else body[4:])
        at += 12 + size
    return width, height, [unfilter(zlib.decompress(one), width * channels * bits // 8) for one in streams]


def unfilter(data: bytes, stride: int) -> bytes:
    above, out = bytes(stride), b""
    for at in range(0, len(data), stride + 1):
        row = data[at + 1 : at + 1 + stride]
        if data[at] == 2:
            row = bytes((a + b) & 255 for a, b in zip(row, above, strict=True))
        else:
            assert data[at] == 0
        out += row
        above = row
    return out


def test_an_image_of_floats_is_a_png_of_their_bytes() -> None:
    encoded = only("sample", values.Image([[RED, BLUE]]))
    assert (encoded.info.tag, encoded.info.plugin, encoded.info.data_class) == (b"sample", "images", 3)
    (ref,) = encoded.value.image.items
    assert (encoded.value.image.width, encoded.value.image.height) == (b"2", b"1")
    assert (ref.type, ref.size, ref.sha256) == (
        "image/png",
        len(encoded.blobs[0]),
        hashlib.sha256(encoded.blobs[0]).digest(),
    )
    assert decode_png(encoded.blobs[0]) == (2, 1, [bytes([255, 0, 0, 0, 0, 255])])


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3), (5, 7, 4), (1, 5, 7), (3, 5, 7)])
def test_every_layout_of_pixels_is_the_same_picture(shape: tuple[int, ...]) -> None:
    numpy = pytest.importorskip("numpy")
    pixels = numpy.random.default_rng(1).integers(0, 256, shape, "u1")
    last = numpy.moveaxis(pixels, 0, -1) if len(shape) == 3 and shape[0] in (1, 3) else pixels
    (data,) = only("x", values.Image(pixels)).blobs
    assert decode_png(data) == (7, 5, [last.tobytes()])
    image = pytest.importorskip("PIL.Image")
    assert numpy.array_equal(
        numpy.asarray(image.open(io.BytesIO(data))), last.reshape(last.shape[:2] + last.shape[2:][: last.shape[-1] > 1])
    )


def test_pixels_are_the_same_with_and_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    numpy = pytest.importorskip("numpy")
    floats = numpy.random.default_rng(2).random((9, 4, 3))
    (with_numpy,) = only("x", values.Image(floats)).blobs
    for module in ("arrays", "png"):
        monkeypatch.setattr(f"stepwell._values.{module}.import_numpy", lambda: None)
    (without,) = only("x", values.Image(floats.tolist())).blobs
    assert decode_png(with_numpy) == decode_png(without)


def test_grey_images_of_16_bits_keep_them() -> None:
    samples = memoryview(array.array("H", [0, 1, 256, 65535])).cast("B").cast("H", (2, 2))
    (data,) = only("depth", values.Image(samples)).blobs
    assert decode_png(data)[2] == [bytes([0, 0, 0, 1, 1, 0, 255, 255])]


def test_a_list_of_images_is_one_step_of_several() -> None:
    encoded = only("x", [values.Image([[0.0]]), values.Image([[1.0]])])
    assert [ref.sha256 for ref in encoded.value.image.items] == [hashlib.sha256(b).digest() for b in encoded.blobs]
    assert [decode_png(b)[2] for b in encoded.blobs] == [[b"\0"], [b"\xff"]]


def test_a_file_is_kept_as_it_is(tmp_path: pathlib.Path) -> None:
    data = png.encode(png.Pixels(3, 2, 1, bytes(6)))
    path = tmp_path / "a.png"
    path.write_bytes(data)
    for source in (path, str(path), data):
        encoded = only("x", values.Image(source))
        assert encoded.blobs == [data] and encoded.value.image.width == b"3"


def test_pil_images_are_pngs_of_their_pixels() -> None:
    image = pytest.importorskip("PIL.Image")
    for mode, channels in {"L": 1, "RGB": 3, "RGBA": 4}.items():
        (data,) = only("x", image.new(mode, (3, 2), 77 if channels == 1 else (77,) * channels)).blobs
        with image.open(io.BytesIO(data)) as read:
            assert (read.mode, read.size, read.tobytes()) == (mode, (3, 2), bytes([77]) * 6 * channels)


def test_boxes_masks_and_captions_are_series_beside_the_images() -> None:
    image = values.Image(
        [[0.0, 1.0]],
        caption="a cat",
        boxes=[{"box": [0, 0, 1, 1], "label": "cat", "score": 0.5}],
        masks={"truth": {"data": [[0, 2]], "classes": {2: "cat"}}},
    )
    picture, notes, mask = values.encode("x", [values.Image([[0.0, 0.0]]), image])
    assert len(picture.value.image.items) == 2
    assert (notes.info.tag, notes.info.plugin) == (b"x/annotations", "image_annotations")
    assert json.loads(notes.value.text.values[0]) == {
        "version": 1,
        "images": [
            {
                "index": 1,
                "caption": "a cat",
                "boxes": [{"box": [0.0, 0.0, 1.0, 1.0], "label": "cat", "score": 0.5}],
                "masks": {"truth": {"index": 0, "classes": {"2": "cat"}}},
            }
        ],
    }
    assert mask.info.tag == b"x/masks/truth" and decode_png(mask.blobs[0])[2] == [bytes([0, 2])]


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (values.Image([1.0, 2.0]), r"the shape \[H, W\]"),
        (values.Image([[0.0, 300.0]]), "reach from 0 to 300"),
        (values.Image([[0, 300]]), "reach from 0 to 300"),
        (values.Image([[-1, 0]]), "reach from -1 to 0"),
        (values.Image([[[0.0] * 7] * 7] * 7), "1 to 4 channels"),
        (values.Image(b"no picture"), "no PNG, JPEG"),
        (values.Image("/nowhere/at/all.png"), "cannot be read"),
        (values.Image(object()), "not a object"),
        (values.Image([[0.0]], boxes=[{"box": [1, 2]}]), "four finite corners"),
        (values.Image([[0.0]], boxes=[{"boks": 1}]), "a box"),
        (values.Image([[0.0]], masks={"m": [[0, 1]]}), "2 × 1 pixels, its image 1 × 1"),
        (values.Image([[0.0]], range=(1, 1)), "low < high"),
        (values.Image([[0.0], [0.0, 1.0]]), "different lengths"),
        (values.Image([]), "the shape"),
    ],
)
def test_an_image_that_is_none_is_refused_with_the_reason(image: values.Image, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why) as error:
        values.encode("some/tag", image)
    assert "some/tag" in str(error.value)


def test_nan_is_black_and_what_is_beyond_the_range_is_cut_off() -> None:
    (data,) = only("x", values.Image([[math.nan, -0.5, 0.5, 1.5]])).blobs
    assert decode_png(data)[2] == [bytes([0, 0, 128, 255])]
    (data,) = only("x", values.Image([[-1.0, 0.0, 1.0]], range=(-1, 1))).blobs
    assert decode_png(data)[2] == [bytes([0, 128, 255])]


def test_sound_of_floats_is_wav_of_16_bits() -> None:
    encoded = only("say", values.Audio([0.0, 0.5, -1.0, 1.0], 8000, caption="beep"))
    (item,) = encoded.value.audio.items
    assert (item.rate, item.channels, item.frames, item.label) == (8000, 1, 4, b"beep")
    assert item.blob.type == "audio/wav"
    with wave.open(io.BytesIO(encoded.blobs[0])) as file:
        assert struct.unpack("<4h", file.readframes(4)) == (0, 16384, -32767, 32767)


def test_channels_first_and_last_are_the_same_sound() -> None:
    left_right = [[i / 100, -i / 100] for i in range(20)]
    first = [[row[0] for row in left_right], [row[1] for row in left_right]]
    assert only("a", values.Audio(first, 100)).blobs == only("a", values.Audio(left_right, 100)).blobs


def test_samples_of_whole_numbers_keep_their_bits() -> None:
    samples = array.array("h", [1, -2, 32767, -32768])
    (data,) = only("a", values.Audio(samples, 44100)).blobs
    with wave.open(io.BytesIO(data)) as file:
        assert file.readframes(9) == samples.tobytes() and file.getframerate() == 44100


@pytest.mark.parametrize(
    ("clip", "why"),
    [
        (values.Audio([0.0]), "its rate"),
        (values.Audio([0.0], 1.5), "its rate"),  # type: ignore[arg-type]
        (values.Audio([5.0], 8000), "reach ±5"),
        (values.Audio([[[0.0]]], 8000), "the shape"),
        (values.Audio(b"RIFF"), "no WAV"),
        (values.Audio(3, 8000), "not a int"),
    ],
)
def test_a_clip_that_is_none_is_refused_with_the_reason(clip: values.Audio, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        values.encode("a", clip)


def test_a_video_of_arrays_is_an_animated_png_of_its_frames() -> None:
    frames = [[[RED, BLUE]], [[BLUE, RED]], [[RED, RED]]]
    encoded = only("v", values.Video(frames, fps=24))
    assert (encoded.info.plugin, encoded.value.bytes.format, encoded.value.bytes.blob.type) == (
        "video",
        "apng",
        "image/png",
    )
    r, b = bytes([255, 0, 0]), bytes([0, 0, 255])
    assert decode_png(encoded.blobs[0]) == (2, 1, [r + b, b + r, r + r])
    image = pytest.importorskip("PIL.Image")
    with image.open(io.BytesIO(encoded.blobs[0])) as read:
        assert (read.n_frames, read.is_animated) == (3, True)
        read.seek(1)
        assert read.convert("RGB").tobytes() == b + r
        assert read.info["duration"] == pytest.approx(1000 / 24, rel=1e-3)


def test_a_video_file_is_kept_as_it_is(tmp_path: pathlib.Path) -> None:
    mp4 = b"\0\0\0\x18ftypisom" + bytes(12)
    path = tmp_path / "clip.mp4"
    path.write_bytes(mp4)
    encoded = only("v", values.Video(path))
    assert encoded.blobs == [mp4]
    assert (encoded.value.bytes.blob.type, encoded.value.bytes.format) == ("video/mp4", "mp4")
    with pytest.raises(ValueError, match="no video that is known"):
        values.encode("v", values.Video(b"what is this"))


@pytest.mark.parametrize("fps", [0, -1, math.nan, 1e9, "fast"])
def test_a_rate_of_frames_that_is_none_is_refused(fps: float) -> None:
    with pytest.raises(ValueError, match="fps"):
        values.encode("v", values.Video([[[0.0]]], fps=fps))


def test_media_types_are_told_by_the_bytes() -> None:
    known = {
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"\xff\xd8\xff\xe0": "image/jpeg",
        b"GIF89a": "image/gif",
        b"RIFF\0\0\0\0WEBPVP8 ": "image/webp",
        b"RIFF\0\0\0\0WAVE": "audio/wav",
        b"fLaC": "audio/flac",
        b"ID3": "audio/mpeg",
        b"\xff\xfb\x90\x00": "audio/mpeg",
        b"\x1a\x45\xdf\xa3....webm": "video/webm",
        b"<?xml version='1.0'?><!-- a --><svg xmlns='x'>": "image/svg+xml",
        b"<html>": "application/octet-stream",
        b"": "application/octet-stream",
    }
    assert {data: sniff.media_type(data) for data in known} == known
