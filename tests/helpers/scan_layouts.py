"""The tiny room in the real layouts of research datasets, written from their published
descriptions.
"""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy.spatial.transform import Rotation

from helpers import tiny_scans as tiny

POSES = tuple(tiny.pose(0.15 * i - 0.3, 0.05 * i, 4 * i - 8) for i in range(5))
FACES = (
    (0, 1, 3),
    (0, 3, 2),
    (4, 6, 7),
    (4, 7, 5),
    (0, 4, 5),
    (0, 5, 1),
    (2, 3, 7),
    (2, 7, 6),
    (0, 2, 6),
    (0, 6, 4),
    (1, 5, 7),
    (1, 7, 3),
)
SIGNS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


def scaled(factor: float) -> list[list[float]]:
    """The tiny camera's lens for pictures `factor` times as large, the first pixel's centre at (0,
    0).
    """
    (fx, _, cx), (_, fy, cy), _ = tiny.LENS
    return [
        [fx * factor, 0, (cx + 0.5) * factor - 0.5],
        [0, fy * factor, (cy + 0.5) * factor - 0.5],
        [0, 0, 1],
    ]


def picture(pose: np.ndarray, lens: Any, size: tuple[int, int]) -> np.ndarray:
    """A picture in which each thing has its own grey: 60 for the chair, 120 the table, 240 the
    lamp, 20 the room.
    """
    _, ids = tiny.cast(pose, lens=lens, size=size)
    grey = np.choose(np.searchsorted([1, 2, 7], ids), [60, 120, 240])
    return np.repeat(np.where(ids > 0, grey, 20)[..., None], 3, axis=2).astype(np.uint8)


def write_mesh(path: Path) -> None:
    """An ASCII PLY with every thing's box; thing number i owns the vertices 8 i to 8 i + 7."""
    vertices = np.concatenate([np.array(t["center"]) + SIGNS * t["size"] for t in tiny.THINGS])
    faces = [
        tuple(8 * i + corner for corner in face) for i in range(len(tiny.THINGS)) for face in FACES
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        "ply",
        "format ascii 1.0",
        f"element vertex {len(vertices)}",
        "property float x",
        "property float y",
        "property float z",
        f"element face {len(faces)}",
        "property list uchar int vertex_indices",
        "end_header",
    ]
    lines += [" ".join(f"{x:.6f}" for x in vertex) for vertex in vertices]
    lines += [f"3 {a} {b} {c}" for a, b, c in faces]
    path.write_text("\n".join(lines) + "\n")


def groups(first: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Segments of the mesh's vertices, and the objects made of them, numbered from `first`."""
    segments = {"segIndices": [i for i in range(len(tiny.THINGS)) for _ in range(8)]}
    named = [
        {"objectId": first + i, "label": thing["category"], "segments": [i]}
        for i, thing in enumerate(tiny.THINGS)
    ]
    return segments, {"segGroups": named}


def sens(depth_from_colour: np.ndarray | None, lost: int | None) -> bytes:
    """A ScanNet .sens file, version 4: JPEG colour twice as large as zlib depth; pose `lost` is all
    -inf.
    """
    colour_lens = np.eye(4)
    depth_lens = np.eye(4)
    colour_lens[:3, :3], depth_lens[:3, :3] = scaled(2), tiny.LENS
    sink = io.BytesIO()
    sink.write(struct.pack("<IQ", 4, 4) + b"test")
    for matrix in (colour_lens, np.eye(4), depth_lens, np.eye(4)):
        sink.write(matrix.astype("<f4").tobytes())
    sink.write(struct.pack("<iiIIIIfQ", 2, 1, 192, 144, 96, 72, 1000.0, len(POSES)))
    for i, pose in enumerate(POSES):
        depth, _ = tiny.cast(pose)
        colour_pose = pose if depth_from_colour is None else pose @ depth_from_colour
        jpeg = io.BytesIO()
        Image.fromarray(picture(colour_pose, scaled(2), (192, 144))).save(jpeg, "JPEG", quality=95)
        packed = zlib.compress(np.rint(depth * 1000).astype("<u2").tobytes())
        told = np.full((4, 4), -np.inf) if i == lost else pose
        sink.write(told.astype("<f4").tobytes())
        sink.write(
            struct.pack("<QQQQ", 1_000_000 + 500_000 * i, 0, len(jpeg.getvalue()), len(packed))
        )
        sink.write(jpeg.getvalue() + packed)
    sink.write(struct.pack("<Q", 0))
    return sink.getvalue()


def write_scannet(
    root: Path,
    scan: str = "scene0000_00",
    *,
    instances: bool = True,
    depth_from_colour: np.ndarray | None = None,
    lost: int | None = None,
) -> Path:
    """ScanNet v2: scans/<id>/<id>.sens and its companions. Object ids count from 0, instance pixels
    from 1.
    """
    folder = root / "scans" / scan
    folder.mkdir(parents=True)
    write_mesh(folder / f"{scan}_vh_clean_2.ply")
    segments, named = groups(0)
    (folder / f"{scan}_vh_clean_2.0.010000.segs.json").write_text(json.dumps(segments))
    (folder / f"{scan}.aggregation.json").write_text(json.dumps(named))
    lines = [
        "colorWidth = 192",
        "axisAlignment = 0 -1 0 5 1 0 0 0 0 0 1 0 0 0 0 1",
    ]  # not applied to anything we use
    if depth_from_colour is not None:
        lines.append(
            "colorToDepthExtrinsics = " + " ".join(f"{x:.6f}" for x in depth_from_colour.ravel())
        )
    (folder / f"{scan}.txt").write_text("\n".join(lines) + "\n")
    (folder / f"{scan}.sens").write_bytes(sens(depth_from_colour, lost))
    if instances:
        with zipfile.ZipFile(folder / f"{scan}_2d-instance-filt.zip", "w") as archive:
            for i, pose in enumerate(POSES):
                colour_pose = pose if depth_from_colour is None else pose @ depth_from_colour
                _, ids = tiny.cast(colour_pose, lens=scaled(2), size=(192, 144))
                sink = io.BytesIO()
                pixels = np.where(ids > 0, np.searchsorted([1, 2, 7], ids) + 1, 0).astype(np.uint8)
                Image.fromarray(pixels).save(sink, "PNG")
                archive.writestr(f"instance-filt/{i}.png", sink.getvalue())
    return root


def write_scannetpp(root: Path, scan: str = "0a5c013435") -> Path:
    """ScanNet++ v2, iPhone: 1920 x 1440 video, 256 x 192 depth in LZ4 blocks of millimetres,
    camera-to-world poses.
    """
    import av
    import lz4.block  # type: ignore[import-not-found]

    folder = root / "data" / scan
    write_mesh(folder / "scans" / "mesh_aligned_0.05.ply")
    segments, named = groups(1)
    (folder / "scans" / "segments.json").write_text(json.dumps(segments))
    (folder / "scans" / "segments_anno.json").write_text(json.dumps(named))
    iphone = folder / "iphone"
    iphone.mkdir()
    lens = scaled(20)
    poses = POSES[:3]
    records = {
        f"frame_{i:06d}": {
            "timestamp": 100 + 0.5 * i,
            "pose": np.eye(4).tolist(),
            "aligned_pose": pose.tolist(),
            "intrinsic": lens,
        }
        for i, pose in enumerate(poses)
    }
    (iphone / "pose_intrinsic_imu.json").write_text(json.dumps(records))
    blocks = []
    with av.open(str(iphone / "rgb.mkv"), "w") as video:
        stream: Any = video.add_stream("libx264", rate=60)
        stream.width = 1920
        stream.height = 1440
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "18", "g": "1"}
        for pose in poses:
            rgb = Image.fromarray(picture(pose, scaled(5), (480, 360))).resize(
                (1920, 1440), Image.Resampling.NEAREST
            )
            for packet in stream.encode(
                av.VideoFrame.from_ndarray(np.asarray(rgb), format="rgb24")
            ):
                video.mux(packet)
            depth, _ = tiny.cast(pose, lens=scaled(8 / 3), size=(256, 192))
            block = lz4.block.compress(
                np.rint(depth * 1000).astype("<u2").tobytes(), store_size=False
            )
            blocks.append(len(block).to_bytes(4, "little") + block)
        for packet in stream.encode():
            video.mux(packet)
    (iphone / "depth.bin").write_bytes(b"".join(blocks))
    return root


def write_3rscan(root: Path, scan: str = "4acaebcc-6c10-2a2a-858b-29c7e4fb410d") -> Path:
    """3RScan: sequence.zip of sideways pictures with camera-to-world poses, boxes in semseg.v2.json
    (ids from 1).
    """
    folder = root / scan
    folder.mkdir(parents=True)
    _, named = groups(1)
    for group, thing in zip(named["segGroups"], tiny.THINGS, strict=True):
        group["obb"] = {
            "centroid": thing["center"],
            "axesLengths": thing["size"],
            "normalizedAxes": np.eye(3).ravel().tolist(),
        }
    (folder / "semseg.v2.json").write_text(json.dumps(named))
    # Held sideways: what is up in the room is at the left of the stored picture.
    roll = np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])

    def lens(factor: float) -> np.ndarray:
        (fx, _, cx), (_, fy, cy), _ = scaled(factor)
        matrix = np.eye(4)
        matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2] = (
            fy,
            fx,
            cy,
            round(96 * factor) - 1 - cx,
        )
        return matrix

    values = {
        "m_sensorName": "phone",
        "m_colorWidth": 144,
        "m_colorHeight": 192,
        "m_depthWidth": 72,
        "m_depthHeight": 96,
        "m_depthShift": 1000,
        "m_frames.size": len(POSES),
    }
    lines = [f"{key} = {value}" for key, value in values.items()]
    for key, matrix in (
        ("ColorIntrinsic", lens(2)),
        ("ColorExtrinsic", np.eye(4)),
        ("DepthIntrinsic", lens(1)),
        ("DepthExtrinsic", np.eye(4)),
    ):
        lines.append(f"m_calibration{key} = " + " ".join(f"{x:.6f}" for x in matrix.ravel()))
    with zipfile.ZipFile(folder / "sequence.zip", "w") as archive:
        archive.writestr("_info.txt", "\n".join(lines) + "\n")
        for i, pose in enumerate(POSES):
            depth, _ = tiny.cast(pose)
            for ending, pixels, kind in (
                ("color.jpg", np.rot90(picture(pose, scaled(2), (192, 144))), "JPEG"),
                ("depth.pgm", np.rot90(np.rint(depth * 1000).astype(np.uint16)), "PPM"),
            ):
                sink = io.BytesIO()
                Image.fromarray(np.ascontiguousarray(pixels)).save(sink, kind)
                archive.writestr(f"frame-{i:06d}.{ending}", sink.getvalue())
            stored = pose.copy()
            stored[:3, :3] = pose[:3, :3] @ roll.T
            archive.writestr(
                f"frame-{i:06d}.pose.txt", "\n".join(" ".join(map(str, row)) for row in stored)
            )
    return root


ROLLS = {"Up": 0, "Left": 3, "Right": 1, "Down": 2}
"""By where the sky is in the stored picture: quarter turns clockwise from the upright picture to
the stored one.
"""


def write_arkitscenes(root: Path, scan: str = "40753679", sky: str = "Up") -> Path:
    """ARKitScenes raw: lowres_wide pictures with depth and intrinsics, world-to-camera poses as
    rotation vectors.
    """
    folder = root / "raw" / "Training" / scan
    for name in ("lowres_wide", "lowres_depth", "lowres_wide_intrinsics"):
        (folder / name).mkdir(parents=True)
    (root / "raw" / "metadata.csv").write_text(
        f"video_id,visit_id,fold,sky_direction,is_in_upsampling,is_in_threedod\n{scan},1,Training,{sky},False,True\n"
    )
    turns = ROLLS[sky]
    lens, (width, height) = tiny.LENS, (tiny.WIDTH, tiny.HEIGHT)
    rows = []
    for i, pose in enumerate(POSES):
        stamp = f"{100 + 0.5 * i:.3f}"
        depth, _ = tiny.cast(pose)
        rgb = picture(pose, lens, (width, height))
        stored_depth, stored = (
            np.rot90(pixels, -turns) for pixels in (np.rint(depth * 1000).astype(np.uint16), rgb)
        )
        Image.fromarray(np.ascontiguousarray(stored)).save(
            folder / "lowres_wide" / f"{scan}_{stamp}.png"
        )
        Image.fromarray(np.ascontiguousarray(stored_depth)).save(
            folder / "lowres_depth" / f"{scan}_{stamp}.png"
        )
        # A stored picture turned clockwise is that of a camera rolled counter-clockwise.
        roll = np.linalg.matrix_power(np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), turns)
        world_to_camera = np.eye(4)
        world_to_camera[:3, :3] = roll @ pose[:3, :3].T
        world_to_camera[:3, 3] = -world_to_camera[:3, :3] @ pose[:3, 3]
        sides = (width, height) if turns % 2 == 0 else (height, width)
        centre = (lens[0][2], lens[1][2]) if turns % 2 == 0 else (lens[1][2], lens[0][2])
        (folder / "lowres_wide_intrinsics" / f"{scan}_{stamp}.pincam").write_text(
            f"{sides[0]} {sides[1]} {lens[0][0]} {lens[1][1]} {centre[0]} {centre[1]}"
        )
        vector = [
            *Rotation.from_matrix(world_to_camera[:3, :3]).as_rotvec(),
            *world_to_camera[:3, 3],
        ]
        rows.append(" ".join([stamp, *(f"{x:.9f}" for x in vector)]))
    (folder / "lowres_wide.traj").write_text("\n".join(rows) + "\n")
    boxes = [
        {
            "label": t["category"],
            "segments": {
                "obbAligned": {
                    "centroid": t["center"],
                    "axesLengths": t["size"],
                    "normalizedAxes": np.eye(3).ravel().tolist(),
                }
            },
        }
        for t in tiny.THINGS
    ]
    (folder / f"{scan}_3dod_annotation.json").write_text(json.dumps({"data": boxes}))
    return root
