"""Muon for the matrices, AdamW for all else, as one optimizer that a Trainer, a scheduler and a
checkpoint can hold.

Muon (Keller Jordan, 2024; scaled to AdamW's learning rates as in arXiv 2502.16982) orthogonalises
the update of a weight matrix. Both optimizers are torch's own; this file only decides who gets
what.
"""

from collections.abc import Callable

import torch
from torch import nn
from torch.optim import AdamW, Muon, Optimizer

from waywiser.json_types import JsonObject


class MuonAdamW(Optimizer):
    """`Muon` over `matrices` and `AdamW` over `others`, stepped together.

    `param_groups` holds the groups of both (the same objects), so a learning-rate schedule reaches
    all.

    Args:
        matrices: Parameters for Muon, each 2D.
        others: Parameters for AdamW, which does not decay them.
        lr: Peak learning rate of both.
        weight_decay: Weight decay of `matrices`.
        betas: AdamW's two decay rates.
    """

    def __init__(
        self,
        matrices: list[nn.Parameter],
        others: list[nn.Parameter],
        *,
        lr: float,
        weight_decay: float,
        betas: tuple[float, float],
    ) -> None:
        self.parts: list[Optimizer] = [
            Muon(matrices, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"),
            AdamW(others, lr=lr, weight_decay=0.0, betas=betas),
        ]

        super().__init__([*matrices, *others], {"lr": lr})
        self._share()

    def _share(self) -> None:
        self.param_groups = [group for part in self.parts for group in part.param_groups]

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One update of all parameters that have gradients. Closures are not supported
        (ValueError).
        """
        if closure is not None:
            raise ValueError("MuonAdamW takes no closure")
        for part in self.parts:
            part.step()

    def state_dict(self) -> JsonObject:
        """The states of both, by part."""
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state_dict: JsonObject) -> None:
        """Take up a state that `state_dict` gave."""
        for part, state in zip(self.parts, state_dict["parts"], strict=True):
            part.load_state_dict(state)
        self._share()


def muon_adamw(
    model: nn.Module, *, lr: float, weight_decay: float, betas: tuple[float, float]
) -> MuonAdamW:
    """Muon for the weights of linear layers, AdamW without decay for embeddings, heads tied to
    them, norms, biases.

    Args:
        model: The model; frozen parameters are left out.
        lr: Peak learning rate.
        weight_decay: Weight decay of the linear layers.
        betas: AdamW's two decay rates.

    Returns:
        The optimizer.
    """
    embedded = {id(m.weight) for m in model.modules() if isinstance(m, nn.Embedding)}
    linear = {id(m.weight) for m in model.modules() if isinstance(m, nn.Linear)} - embedded
    learned: list[nn.Parameter] = [p for p in model.parameters() if p.requires_grad]
    matrices = [p for p in learned if id(p) in linear]
    chosen = {id(p) for p in matrices}
    others = [p for p in learned if id(p) not in chosen]

    return MuonAdamW(matrices, others, lr=lr, weight_decay=weight_decay, betas=betas)
