"""Scenes: rooms with furniture, cameras and moving things, made here or read from scans.

Coordinates: metres, x and y along the floor, z up (docs/guide/glossary.md).
"""

from typing import TYPE_CHECKING

from waywiser.lazy import lazy_attributes

if TYPE_CHECKING:
    from waywiser.scenes.categories import CATEGORIES as CATEGORIES
    from waywiser.scenes.categories import are_confusable as are_confusable
    from waywiser.scenes.furniture.assets import fetch_assets as fetch_assets
    from waywiser.scenes.furniture.library import FurnitureLibrary as FurnitureLibrary
    from waywiser.scenes.furniture.library import ParametricLibrary as ParametricLibrary
    from waywiser.scenes.furniture.library import Sh3fLibrary as Sh3fLibrary
    from waywiser.scenes.furniture.library import open_library as open_library
    from waywiser.scenes.mesh import Material as Material
    from waywiser.scenes.mesh import Mesh as Mesh
    from waywiser.scenes.procedural.home import build_home_scene as build_home_scene
    from waywiser.scenes.procedural.home_config import HomeConfig as HomeConfig
    from waywiser.scenes.procedural.room import build_room_scene as build_room_scene
    from waywiser.scenes.procedural.room_config import RoomConfig as RoomConfig
    from waywiser.scenes.scans.scan_reader import Scan as Scan
    from waywiser.scenes.scans.scan_reader import find_scan_folders as find_scan_folders
    from waywiser.scenes.scans.scan_reader import read_scan as read_scan
    from waywiser.scenes.scans.scan_writer import ScanWriter as ScanWriter
    from waywiser.scenes.scene import Box as Box
    from waywiser.scenes.scene import Camera as Camera
    from waywiser.scenes.scene import Clip as Clip
    from waywiser.scenes.scene import Door as Door
    from waywiser.scenes.scene import Light as Light
    from waywiser.scenes.scene import Motion as Motion
    from waywiser.scenes.scene import Object as Object
    from waywiser.scenes.scene import Room as Room
    from waywiser.scenes.scene import Scene as Scene

_ORIGINS = {
    "Box": "waywiser.scenes.scene.Box",
    "CATEGORIES": "waywiser.scenes.categories.CATEGORIES",
    "Camera": "waywiser.scenes.scene.Camera",
    "Clip": "waywiser.scenes.scene.Clip",
    "Door": "waywiser.scenes.scene.Door",
    "FurnitureLibrary": "waywiser.scenes.furniture.library.FurnitureLibrary",
    "HomeConfig": "waywiser.scenes.procedural.home_config.HomeConfig",
    "Light": "waywiser.scenes.scene.Light",
    "Material": "waywiser.scenes.mesh.Material",
    "Mesh": "waywiser.scenes.mesh.Mesh",
    "Motion": "waywiser.scenes.scene.Motion",
    "Object": "waywiser.scenes.scene.Object",
    "ParametricLibrary": "waywiser.scenes.furniture.library.ParametricLibrary",
    "Room": "waywiser.scenes.scene.Room",
    "RoomConfig": "waywiser.scenes.procedural.room_config.RoomConfig",
    "Scan": "waywiser.scenes.scans.scan_reader.Scan",
    "ScanWriter": "waywiser.scenes.scans.scan_writer.ScanWriter",
    "Scene": "waywiser.scenes.scene.Scene",
    "Sh3fLibrary": "waywiser.scenes.furniture.library.Sh3fLibrary",
    "are_confusable": "waywiser.scenes.categories.are_confusable",
    "build_home_scene": "waywiser.scenes.procedural.home.build_home_scene",
    "build_room_scene": "waywiser.scenes.procedural.room.build_room_scene",
    "fetch_assets": "waywiser.scenes.furniture.assets.fetch_assets",
    "find_scan_folders": "waywiser.scenes.scans.scan_reader.find_scan_folders",
    "open_library": "waywiser.scenes.furniture.library.open_library",
    "read_scan": "waywiser.scenes.scans.scan_reader.read_scan",
}

__all__ = [
    "CATEGORIES",
    "Box",
    "Camera",
    "Clip",
    "Door",
    "FurnitureLibrary",
    "HomeConfig",
    "Light",
    "Material",
    "Mesh",
    "Motion",
    "Object",
    "ParametricLibrary",
    "Room",
    "RoomConfig",
    "Scan",
    "ScanWriter",
    "Scene",
    "Sh3fLibrary",
    "are_confusable",
    "build_home_scene",
    "build_room_scene",
    "fetch_assets",
    "find_scan_folders",
    "open_library",
    "read_scan",
]

if not TYPE_CHECKING:  # so that type checkers and editors know unknown names as such
    __getattr__, __dir__ = lazy_attributes(__name__, _ORIGINS)
