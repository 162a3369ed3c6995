"""Grounding: teach a fresh starter's image tokens what stands where, before it is asked anything.

From random weights a small model first learns to answer blindly and stays there for a long time: as long as attention
to the picture is random, the picture brings no gradient. Here each of the 49 image tokens learns, from the scenes that
the pictures were drawn from, the category of the nearest object whose projected box covers its cell (as the text
model's own embedding of that word, so that a word can find its thing) and that object's place, extent, distance and
size (linearly). Only the connector and the words' embeddings learn; the heads are thrown away afterwards.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from waywiser.dataset.read import read_scenes
from waywiser.errors import RecipeError
from waywiser.scenes.scene import Camera, Object, Scene
from waywiser.training.config import GroundingConfig
from waywiser.training.data import TrainingSet

logger = logging.getLogger(__name__)

GRID = 7
NEAR = 0.1
ATTRIBUTES = 6
"""Of the object in a cell: centre (x, y) and extent (x, y) of its projected box as shares of the picture, log of its
distance in metres, log of its longest side in metres."""


def ground(model: Any, processor: Any, data: TrainingSet, pixels: Tensor, folders: list[Path],
           config: GroundingConfig, seed: int) -> float:  # fmt: skip
    """Train the connector of a starter `model` on the pictures of `data` (`pixels`: (pictures, 3, H, W) uint8).

    Returns the share of occupied cells whose category the tokens name right at the end (on the last steps' pictures).
    Raises RecipeError where the datasets hold no scenes of these pictures.
    """
    places, labels_N_49, attributes_N_49_A, words = grounding_targets(data, folders)
    inner, device = model.model, model.device
    heads = _Heads(model.get_input_embeddings().embedding_dim, len(words)).to(device)
    tokens = _word_tokens(processor, words).to(device)
    learned = [*inner.connector.parameters(), *heads.parameters(), model.get_input_embeddings().weight]
    optimiser = torch.optim.AdamW(learned, lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.learning_rate, total_steps=config.steps, pct_start=min(0.5, 20 / config.steps)
    )
    generator = torch.Generator().manual_seed(seed)
    order, right = _endless(len(places), config.batch_size, generator), []
    model.train()
    for step in tqdm(range(config.steps), desc="grounding", disable=None):
        rows = next(order)
        image_tokens = inner.get_image_features(pixels[places[rows]].to(device)).float()
        embedded = _embed_words(model, tokens)
        loss, share = heads(image_tokens, embedded, labels_N_49[rows].to(device), attributes_N_49_A[rows].to(device))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
        right.append(share)
        if step % 50 == 49:
            logger.info("grounding step %d: loss %.3f, named right %.3f", step + 1, loss.item(), np.mean(right[-50:]))
    return float(np.mean(right[-20:]))


def grounding_targets(data: TrainingSet, folders: list[Path]) -> tuple[Tensor, Tensor, Tensor, list[str]]:
    """Which pictures (P,), the word index of each cell (P, 49; -1 empty), attributes (P, 49, 6), and the words."""
    scenes: dict[str, Scene] = {}
    for folder in folders:
        scenes |= read_scenes(folder)
    views: dict[int, tuple[Scene, Camera]] = {}
    for sample, place in zip(data.samples, data.places, strict=True):
        scene = scenes.get(sample.scene_id or "")
        if scene is not None and len(place) == 1 and sample.program is not None:
            views[place[0]] = (scene, scene.cameras[int(sample.program.inputs.get("camera", 0))])
    if not views:
        raise RecipeError("grounding needs datasets with the scenes of their pictures: make them with synthesize")
    words = sorted({thing.category for scene, _ in views.values() for thing in scene.objects})
    index = {word: number for number, word in enumerate(words)}
    targets = [cell_targets(scene, camera, index) for scene, camera in views.values()]
    labels = torch.from_numpy(np.stack([labels for labels, _ in targets]))
    attributes = torch.from_numpy(np.stack([attributes for _, attributes in targets]))
    return torch.tensor(list(views)), labels, attributes, words


def cell_targets(scene: Scene, camera: Camera, index: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Labels (49,) int64, -1 where no projected box covers the cell's centre, and attributes (49, 6) float32.

    Nearer objects win. A box smaller than a cell takes the cell that holds its centre. Objects that reach behind the
    camera are left out.
    """
    labels = np.full(GRID * GRID, -1, np.int64)
    attributes = np.zeros((GRID * GRID, ATTRIBUTES), np.float32)
    centres = (np.arange(GRID) + 0.5) / GRID
    for distance, thing, (low, high) in sorted(_projected(scene, camera), key=lambda item: -item[0]):
        middle, extent = (low + high) / 2, high - low
        inside = ((centres > low[1]) & (centres < high[1]))[:, None] & ((centres > low[0]) & (centres < high[0]))
        column, row = (int(np.clip(value * GRID, 0, GRID - 1)) for value in middle)
        inside[row, column] = True
        labels[inside.ravel()] = index[thing.category]
        attributes[inside.ravel()] = [*middle, *extent, np.log(distance), np.log(max(thing.box.size))]
    return labels, attributes


def _projected(scene: Scene, camera: Camera) -> list[tuple[float, Object, tuple[np.ndarray, np.ndarray]]]:
    """Objects in front of the camera and in the picture: distance, object, box (low, high) as shares of the picture."""
    found = []
    size = np.array([camera.width, camera.height], float)
    for thing in scene.objects:
        corners = thing.box.corners
        if camera.to_camera(corners)[:, 2].min() < NEAR:
            continue
        pixels = camera.project(corners) / size
        low, high = np.clip(pixels.min(axis=0), 0, 1), np.clip(pixels.max(axis=0), 0, 1)
        if (high - low).min() > 0.01:
            distance = float(np.linalg.norm(np.asarray(thing.box.center) - camera.position))
            found.append((distance, thing, (low, high)))
    return found


class _Heads(nn.Module):
    """What is read off an image token: its word, by likeness to the words' embeddings, and the attributes."""

    def __init__(self, width: int, words: int) -> None:
        super().__init__()
        self.words = words
        self.empty = nn.Parameter(torch.zeros(width))
        self.scale = nn.Parameter(torch.tensor(1.0))
        self.attributes = nn.Linear(width, ATTRIBUTES)

    def forward(
        self, image_tokens: Tensor, embedded: Tensor, labels: Tensor, attributes: Tensor
    ) -> tuple[Tensor, float]:
        """(N, 49, width), (words, width), (N, 49), (N, 49, 6) -> loss (), share of occupied cells named right."""
        options = torch.cat([embedded, self.empty[None]])
        logits = self.scale * image_tokens @ options.T
        target = torch.where(labels < 0, self.words, labels)
        occupied = labels >= 0
        loss = functional.cross_entropy(logits.flatten(0, 1), target.flatten())
        loss = loss + functional.smooth_l1_loss(self.attributes(image_tokens)[occupied], attributes[occupied], beta=0.1)
        right = (logits.argmax(-1) == labels)[occupied].float().mean()
        return loss, float(right)


def _word_tokens(processor: Any, words: list[str]) -> Tensor:
    """(words, longest) token ids of " word", -1 where a word has fewer."""
    ids = [processor.tokenizer(f" {word}", add_special_tokens=False)["input_ids"] for word in words]
    longest = max(len(one) for one in ids)
    return torch.tensor([one + [-1] * (longest - len(one)) for one in ids])


def _embed_words(model: Any, tokens: Tensor) -> Tensor:
    """(words, width): the mean embedding of each word's tokens."""
    known = (tokens >= 0)[..., None].float()
    return (model.get_input_embeddings()(tokens.clamp(min=0)) * known).sum(1) / known.sum(1)


def _endless(count: int, batch_size: int, generator: torch.Generator) -> Any:
    """Batches of row numbers, every row once an epoch."""
    while True:
        order = torch.randperm(count, generator=generator)
        yield from order.split(min(batch_size, count))
