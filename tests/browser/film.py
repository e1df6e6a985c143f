"""What a fake camera sees: a phone with a code on it, held a little tilted."""

import io
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 1280, 720
GREY = (96, 92, 88)
FRAMES = 10


def film(phone: Image.Image, folder: Path) -> Path:
    """Make a film that Chromium plays over and over; in Motion JPEG, which is pictures one after another.

    Args:
        phone: what is on the phone's screen, at most 500 pixels wide and high.
        folder: where to put the film.
    """
    scene = Image.new("RGB", (WIDTH, HEIGHT), GREY)
    held = phone.convert("RGB").rotate(6, expand=True, fillcolor=GREY)
    scene.paste(held, ((WIDTH - held.width) // 2, (HEIGHT - held.height) // 2))
    frame = io.BytesIO()
    scene.save(frame, "JPEG", quality=90)
    made = folder / "camera.mjpeg"
    made.write_bytes(frame.getvalue() * FRAMES)
    return made
