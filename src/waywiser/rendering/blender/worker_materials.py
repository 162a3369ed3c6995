"""Materials of the worker inside Blender's own Python (bpy 4.5): surfaces and glass as node trees.

Imported by `worker.py`; it also imports only numpy and bpy.

Dimensions: H image height, W image width.
"""

from typing import Any

import bpy  # type: ignore[import-not-found]
import numpy as np

Array = np.ndarray
SHADOW_RAY_OFFSET = 1.5e-3  # meters, as in the Embree renderer
GLASS_REFLECTANCE = 0.04  # of light that arrives at a right angle
# Share of the usual reflection at a right angle; furniture models do not say how glossy they are.
SPECULAR_LEVEL = 0.35


def make_materials(arrays: dict[str, Array]) -> list[Any]:
    """One material for each look: texture or -1, roughness, glass or not, height of baseboard."""
    images = [_make_image(arrays[f"texture_{t}"]) for t in range(int(arrays["textures"]))]
    return [
        (
            _make_glass(roughness)
            if glass
            else _make_surface(images[int(texture)] if texture >= 0 else None, roughness, skirting)
        )
        for texture, roughness, glass, skirting in arrays["looks_K_4"].tolist()
    ]


def _make_image(texture_H_W_3: Array) -> Any:
    height, width, _ = texture_H_W_3.shape
    image = bpy.data.images.new("texture", width, height)
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = texture_H_W_3[::-1] / np.float32(255)  # Blender's first row is the lowest
    image.pixels.foreach_set(rgba.ravel())
    image.update()

    return image


def _new_material() -> tuple[Any, Any, Any]:
    material = bpy.data.materials.new("look")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    color = tree.nodes.new("ShaderNodeAttribute")
    color.attribute_name = "colour"

    return material, output, color


def _make_surface(image: Any, roughness: float, skirting: float) -> Any:
    """An opaque surface: face color times texture, with a baseboard at the foot of walls."""
    material, output, color = _new_material()
    tree = material.node_tree
    paint = color.outputs["Color"]

    if image is not None:
        texture = tree.nodes.new("ShaderNodeTexImage")
        texture.image = image
        paint = _mix_colors(tree, "MULTIPLY", 1.0, paint, texture.outputs["Color"])

    if skirting > 0:
        separate_xyz = tree.nodes.new("ShaderNodeSeparateXYZ")
        tree.links.new(
            tree.nodes.new("ShaderNodeNewGeometry").outputs["Position"], separate_xyz.inputs[0]
        )
        is_low = tree.nodes.new("ShaderNodeMath")
        is_low.operation = "LESS_THAN"
        tree.links.new(separate_xyz.outputs["Z"], is_low.inputs[0])
        is_low.inputs[1].default_value = skirting
        paint = _mix_colors(tree, "MIX", is_low.outputs[0], paint, (0.82, 0.82, 0.82, 1))

    body = tree.nodes.new("ShaderNodeBsdfPrincipled")
    body.inputs["Roughness"].default_value = roughness
    body.inputs["Specular IOR Level"].default_value = SPECULAR_LEVEL
    glow = tree.nodes.new("ShaderNodeAttribute")
    glow.attribute_name = "glow"
    tree.links.new(paint, body.inputs["Base Color"])
    tree.links.new(paint, body.inputs["Emission Color"])
    tree.links.new(glow.outputs["Fac"], body.inputs["Emission Strength"])
    tree.links.new(_ignore_near_hits(tree, body.outputs[0]), output.inputs["Surface"])

    return material


def _ignore_near_hits(tree: Any, surface: Any) -> Any:
    """`surface`, but invisible to rays that start within `SHADOW_RAY_OFFSET` of it.

    Models often have two faces in one place.
    """
    is_near = tree.nodes.new("ShaderNodeMath")
    mix = tree.nodes.new("ShaderNodeMixShader")
    is_near.operation = "LESS_THAN"
    tree.links.new(tree.nodes.new("ShaderNodeLightPath").outputs["Ray Length"], is_near.inputs[0])
    is_near.inputs[1].default_value = SHADOW_RAY_OFFSET
    tree.links.new(is_near.outputs[0], mix.inputs[0])
    tree.links.new(surface, mix.inputs[1])
    tree.links.new(tree.nodes.new("ShaderNodeBsdfTransparent").outputs[0], mix.inputs[2])

    return mix.outputs[0]


def _mix_colors(tree: Any, blend_type: str, share: Any, a: Any, b: Any) -> Any:
    node = tree.nodes.new("ShaderNodeMix")
    node.data_type = "RGBA"
    node.blend_type = blend_type

    for socket, value in (("Factor_Float", share), ("A_Color", a), ("B_Color", b)):
        entry = next(i for i in node.inputs if i.identifier == socket)

        if hasattr(value, "is_output"):
            tree.links.new(value, entry)
        else:
            entry.default_value = value

    return next(o for o in node.outputs if o.identifier == "Result_Color")


def _make_glass(roughness: float) -> Any:
    """A thin pane: light passes straight through, less the paint; a little is mirrored (Schlick).

    Blender's Fresnel node is not used, because it takes every back side for the inside of solid
    glass.
    """
    material, output, color = _new_material()
    tree = material.node_tree
    clear = tree.nodes.new("ShaderNodeBsdfTransparent")
    paint = tree.nodes.new("ShaderNodeBsdfDiffuse")
    mirror = tree.nodes.new("ShaderNodeBsdfGlossy")
    slant = tree.nodes.new("ShaderNodeLayerWeight")
    slant.inputs["Blend"].default_value = 0.5  # then "Facing" is 1 - |cosine|
    fifth = tree.nodes.new("ShaderNodeMath")
    share = tree.nodes.new("ShaderNodeMath")
    fifth.operation = "POWER"
    share.operation = "MULTIPLY_ADD"
    fifth.inputs[1].default_value = 5.0
    share.inputs[1].default_value = 1 - GLASS_REFLECTANCE
    share.inputs[2].default_value = GLASS_REFLECTANCE
    tree.links.new(slant.outputs["Facing"], fifth.inputs[0])
    tree.links.new(fifth.outputs[0], share.inputs[0])
    mirror.inputs["Roughness"].default_value = roughness
    tree.links.new(color.outputs["Color"], paint.inputs["Color"])
    tinted = tree.nodes.new("ShaderNodeMixShader")
    pane = tree.nodes.new("ShaderNodeMixShader")
    tree.links.new(color.outputs["Alpha"], tinted.inputs[0])
    tree.links.new(clear.outputs[0], tinted.inputs[1])
    tree.links.new(paint.outputs[0], tinted.inputs[2])
    tree.links.new(share.outputs[0], pane.inputs[0])
    tree.links.new(tinted.outputs[0], pane.inputs[1])
    tree.links.new(mirror.outputs[0], pane.inputs[2])
    tree.links.new(pane.outputs[0], output.inputs["Surface"])

    return material
