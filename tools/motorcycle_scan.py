"""Writes a real photograph with measured depth as a scan: the Middlebury 2014 "Motorcycle" of
scikit-image.

    python tools/motorcycle_scan.py OUT

D. Scharstein et al., High-resolution stereo datasets with subpixel-accurate ground truth, GCPR
2014; scikit-image carries it at a quarter of its size (each pixel the mean of 4 x 4) and states the
calibration, which is that of Middlebury's calib.txt (focal length 3979.911, baseline 193.001 mm,
doffs 124.343 pixels) over 4. Depth follows from the disparity d as baseline * focal / (d + doffs).
The principal point over 4 is 0.4 pixels off for means of 4 x 4: 0.02 degrees. Which way is up was
not measured, so `up` is null.

The things below are outlined by hand in that picture, within a range of depths; each word names one
thing only in it. The crate's box is an estimate by hand, good enough to tell what hides the crate;
ask nothing of its size:

    waywiser synthesize --scans OUT --out DATA --tasks depth_order,left_right,camera_distance

The picture comes over the network, once, by pooch.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from skimage.data import stereo_motorcycle

from waywiser.rendering.rgbd import MOTORCYCLE_CALIBRATION, depth_from_disparity
from waywiser.scenes.scans.scan_writer import ScanWriter

LICENSE = "Middlebury Stereo 2014, terms at vision.middlebury.edu/stereo; cite Scharstein et al., GCPR 2014"
THINGS: dict[str, tuple[tuple[float, float], tuple[tuple[int, int], ...]]] = {
    "headlight": (
        (2.0, 2.45),
        (
            (508, 152),
            (511, 138),
            (519, 128),
            (531, 122),
            (545, 124),
            (556, 132),
            (562, 146),
            (561, 162),
            (554, 177),
            (542, 187),
            (527, 189),
            (516, 180),
            (510, 167),
        ),
    ),
    "fuel tank": (
        (2.1, 2.75),
        (
            (360, 194),
            (391, 176),
            (427, 161),
            (452, 158),
            (464, 172),
            (466, 189),
            (482, 199),
            (476, 222),
            (458, 241),
            (412, 238),
            (385, 241),
            (350, 249),
            (327, 228),
        ),
    ),
    "crate": ((3.2, 3.75), ((637, 79), (678, 77), (677, 101), (637, 100))),
}
"""By word: the range of depths in metres, and the outline in pixels (column, row)."""
CRATE = ((1.232, -0.588, 3.62), (0.15, 0.085, 0.2))
"""Middle and size of the crate's box in metres along the camera's axes: right, down, forward."""
WINDOW = (300, 0, 741, 300)
"""Left, top, right, bottom of the part that is written: in the whole picture the crate is too small
to ask about.
"""


def write_motorcycle(folder: Path) -> Path:
    """Write the scan. Raises SceneError where the folder is there already, OSError where there is
    no picture.
    """
    left, _, disparity = stereo_motorcycle()
    depth = depth_from_disparity(disparity, MOTORCYCLE_CALIBRATION)
    ids = np.zeros(depth.shape, dtype=np.int32)

    for number, ((near, far), outline) in enumerate(THINGS.values(), start=1):
        mask = Image.new("1", (depth.shape[1], depth.shape[0]))
        ImageDraw.Draw(mask).polygon(outline, fill=1)
        ids[np.asarray(mask) & (depth > near) & (depth < far)] = number

    x, y, right, bottom = WINDOW
    part = np.s_[y:bottom, x:right]

    lens = [
        [MOTORCYCLE_CALIBRATION.fx, 0, MOTORCYCLE_CALIBRATION.cx - x],
        [0, MOTORCYCLE_CALIBRATION.fy, MOTORCYCLE_CALIBRATION.cy - y],
        [0, 0, 1],
    ]

    with ScanWriter(folder, license=LICENSE, up=None) as scan:
        scan.add("motorcycle", left[part], depth[part], np.eye(4), lens, ids=ids[part])

        for number, word in enumerate(THINGS, start=1):
            box = {"center": CRATE[0], "size": CRATE[1]} if word == "crate" else {}
            scan.add_object(number, word, **box)

    return folder


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tools/motorcycle_scan.py OUT")
    print(write_motorcycle(Path(sys.argv[1])))
