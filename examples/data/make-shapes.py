"""Makes shapes/, a folder of small PNG files for each of three classes: python3 examples/data/make-shapes.py

A bright shape of any colour, size and place on a dark ground; what it is, is all that a class has in common.
"""
import pathlib
import random
import struct
import zlib

SIDE, IMAGES = 16, 60
draw = random.Random(2026)


def inside(kind, y, x, size):
    """Whether a point is in the shape, whose middle is (0, 0)."""
    if kind == "disc":
        return y * y + x * x <= size * size
    if kind == "square":
        return max(abs(y), abs(x)) <= 0.89 * size
    return -size <= y <= size and abs(x) <= (y + size) / 2  # a triangle that stands


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(pixels):
    rows = b"".join(b"\0" + bytes(c for pixel in row for c in pixel) for row in pixels)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def colour(least, greatest):
    return tuple(draw.randint(least, greatest) for _ in range(3))


def image(kind):
    size = draw.uniform(3.5, 6)
    middle = [draw.uniform(size, SIDE - 1 - size) for _ in range(2)]
    ground, ink = colour(0, 90), colour(130, 255)
    return png([[ink if inside(kind, y - middle[0], x - middle[1], size) else ground for x in range(SIDE)] for y in range(SIDE)])


for kind in ("disc", "square", "triangle"):
    folder = pathlib.Path(__file__).parent / "shapes" / kind
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(IMAGES):
        (folder / f"{i:02}.png").write_bytes(image(kind))
