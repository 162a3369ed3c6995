"""Score G completions of a prompt with one pass over the prompt instead of G.

TRL's GRPOTrainer repeats each prompt, pictures included, for every completion. For a model that
takes `segment_ids` the same log-probabilities come from one row: the prompt as shared prefix, each
completion a segment after it. With 50 image, 45 prompt and 30 completion tokens and G = 8 that is
335 tokens, not 1,000.
"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from waywiser.json_types import JsonObject

IGNORED = -100


def supports_segment_ids(model: Any) -> bool:
    """Whether the model's forward takes packed questions."""
    return "segment_ids" in inspect.signature(type(model).forward).parameters


def share_prompts(model: Any, pad_token_id: int) -> None:
    """Let `model(..., labels=..., fused_lm_head=True)`, as TRL calls it, read repeated prompts
    once.

    The model must have TRL's fused head already (`add_fused_lm_head`). Calls of another layout (no
    fused head, other inputs) go through unchanged. `log_probs` and
    `entropy` are the same numbers in the same (B, L - 1) places, up to rounding; `loss` and the
    other per-token fields are dropped.
    """
    original = model.forward
    layout = (model.config.image_token_id, model.config.image_tokens)

    def forward(*args: Any, **kwargs: Any) -> Any:
        packing = (
            None if args or not kwargs.get("fused_lm_head") else _group_by_prompt(kwargs, *layout)
        )
        if packing is None:
            return original(*args, **kwargs)

        output = original(**packing.inputs(pad_token_id), fused_lm_head=True)
        shape = (kwargs["input_ids"].shape[0], kwargs["input_ids"].shape[1] - 1)
        output.log_probs = packing.unpack(output.log_probs, shape)
        if output.entropy is not None:
            output.entropy = packing.unpack(output.entropy, shape)

        output.label_mask = kwargs["labels"][:, 1:] != IGNORED
        output.loss = output.is_top1 = output.log_sum_sq_probs = output.mean_logits = None
        return output

    forward.__wrapped__ = original  # type: ignore[attr-defined] - generate() reads the signature
    model.forward = forward


@dataclass
class _Packing:
    """Groups of rows with one prompt: `prompts[g]` token ids, `pixels[g]` its pictures (none is
    length 0), `members[g]` rows and their completion ids.
    """

    prompts: list[Tensor]
    pixels: list[Tensor]
    members: list[list[tuple[int, Tensor]]]
    start: int

    def inputs(self, pad_token_id: int) -> dict[str, Tensor]:
        """One row per group: all but the last prompt token, then that token and a completion for each
        member.

        The last prompt token predicts the first token of every completion, so every segment has it
        anew.
        """
        rows = []
        owners = []
        targets = []

        for prompt, members in zip(self.prompts, self.members, strict=True):
            ids = [prompt[:-1]]
            owner = [torch.zeros_like(prompt[:-1])]
            label = [torch.full_like(prompt[:-1], IGNORED)]

            for number, (_, completion) in enumerate(members, start=1):
                ids += [prompt[-1:], completion]
                owner.append(torch.full((1 + len(completion),), number, device=prompt.device))
                label += [torch.full_like(prompt[-1:], IGNORED), completion]

            rows.append(torch.cat(ids))
            owners.append(torch.cat(owner))
            targets.append(torch.cat(label))

        packed = {
            "input_ids": _pad(rows, pad_token_id),
            "segment_ids": _pad(owners, -1),
            "labels": _pad(targets, IGNORED),
        }

        if any(len(pictures) for pictures in self.pixels):
            packed["pixel_values"] = torch.cat([p for p in self.pixels if len(p)])

        return packed

    def unpack(self, packed: Tensor, shape: tuple[int, int]) -> Tensor:
        """Per-token values of the packed rows (rows, length - 1), back in the places of the rows
        they came from.
        """
        source_row = []
        source = []
        row = []
        column = []

        for group, (prompt, members) in enumerate(zip(self.prompts, self.members, strict=True)):
            place = len(prompt) - 1  # of the segment's copy of the last prompt token

            for index, completion in members:
                count = len(completion)
                source_row += [group] * count
                source += range(place, place + count)
                row += [index] * count
                column += range(self.start - 1, self.start - 1 + count)
                place += 1 + count

        device = packed.device
        values = packed[
            torch.tensor(source_row, device=device), torch.tensor(source, device=device)
        ]
        places = (torch.tensor(row, device=device), torch.tensor(column, device=device))

        return packed.new_zeros(shape).index_put(places, values)


def _group_by_prompt(
    kwargs: JsonObject, image_token: int, tokens_per_image: int
) -> _Packing | None:
    supported = {
        "input_ids",
        "attention_mask",
        "pixel_values",
        "labels",
        "fused_lm_head",
        "use_cache",
    }
    if any(value is not None for key, value in kwargs.items() if key not in supported):
        return None

    ids, mask, labels, pixels = (
        kwargs.get(k) for k in ("input_ids", "attention_mask", "labels", "pixel_values")
    )
    if ids is None or mask is None or labels is None:
        return None

    pictures = _pictures_by_row(ids == image_token, pixels, tokens_per_image)
    if pictures is None:
        return None

    scored = (labels != IGNORED).any(dim=0)
    if not bool(scored.any()):
        return None

    start = int(scored.to(torch.int8).argmax())
    groups: list[list[tuple[int, Tensor]]] = []
    prompts: list[Tensor] = []
    shown: list[Tensor] = []
    by_prompt: dict[bytes, list[int]] = {}

    for row in range(len(ids)):
        prompt = ids[row, :start][mask[row, :start].bool()]
        completion = ids[row, start:][labels[row, start:] != IGNORED]

        if len(prompt) < 2:
            return None

        candidates = by_prompt.setdefault(prompt.cpu().numpy().tobytes(), [])
        same = (g for g in candidates if torch.equal(shown[g], pictures[row]))
        group = next(same, None)
        if group is None:
            candidates.append(len(groups))
            groups.append([(row, completion)])
            prompts.append(prompt)
            shown.append(pictures[row])
        else:
            groups[group].append((row, completion))

    return _Packing(prompts, shown, groups, start) if len(groups) < len(ids) else None


def _pictures_by_row(
    is_image_token: Tensor, pixels: Tensor | None, tokens_per_image: int
) -> Sequence[Tensor] | None:
    """Each row's pictures, (0 or more, 3, height, width); None where pictures and image tokens do
    not match, which the model itself says best.
    """
    counts = is_image_token.sum(dim=1).tolist()
    pixels = is_image_token.new_zeros(0) if pixels is None else pixels
    if sum(counts) != len(pixels) * tokens_per_image or any(c % tokens_per_image for c in counts):
        return None

    return pixels.split([count // tokens_per_image for count in counts])


def _pad(rows: list[Tensor], value: int) -> Tensor:
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)
