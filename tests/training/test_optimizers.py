"""Muon and AdamW as one optimiser: who gets what, schedules that reach both, states that come back."""

import copy

import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

from waywiser.training.run.optimizers import MuonAdamW, muon_adamw

SETTINGS = {"lr": 1e-2, "weight_decay": 0.1, "betas": (0.9, 0.98)}


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(7, 4)
        self.hidden = nn.Linear(4, 4)
        self.norm = nn.LayerNorm(4)
        self.frozen = nn.Linear(4, 4).requires_grad_(False)
        self.head = nn.Linear(4, 7, bias=False)
        self.head.weight = self.words.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.head(self.norm(self.hidden(self.words(ids))))


@pytest.fixture
def net() -> Net:
    torch.manual_seed(0)
    return Net()


def train(net: Net, optimizer: MuonAdamW, steps: int, *, first: int = 0) -> list[float]:
    losses = []
    for step in range(first, first + steps):
        ids = torch.randint(0, 7, (16,), generator=torch.Generator().manual_seed(step))
        loss = nn.functional.cross_entropy(net(ids), (ids * 3 + 1) % 7)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_linear_weights_go_to_muon_and_all_other_learned_parameters_to_adamw(net: Net) -> None:
    muon, adamw = muon_adamw(net, **SETTINGS).parts
    assert [id(p) for p in muon.param_groups[0]["params"]] == [id(net.hidden.weight)]
    others = {id(p) for p in (net.words.weight, net.hidden.bias, net.norm.weight, net.norm.bias)}
    assert {id(p) for p in adamw.param_groups[0]["params"]} == others


def test_every_learned_parameter_moves_and_a_frozen_one_does_not(net: Net) -> None:
    before = {name: p.clone() for name, p in net.named_parameters()}
    losses = train(net, muon_adamw(net, **SETTINGS), 150)
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])
    moved = {name for name, p in net.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {name for name in before if not name.startswith("frozen")}


def test_a_schedule_reaches_both_parts(net: Net) -> None:
    optimizer = muon_adamw(net, **SETTINGS)
    schedule = LambdaLR(optimizer, lambda step: 1 / (1 + step))
    train(net, optimizer, 1)
    schedule.step()
    assert [group["lr"] for part in optimizer.parts for group in part.param_groups] == [5e-3, 5e-3]


def test_a_loaded_state_goes_on_exactly(net: Net) -> None:
    optimizer = muon_adamw(net, **SETTINGS)
    train(net, optimizer, 3)
    other = copy.deepcopy(net)
    resumed = muon_adamw(other, **SETTINGS)
    resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    assert train(other, resumed, 4, first=3) == train(net, optimizer, 4, first=3)
    LambdaLR(resumed, lambda _: 0.5)
    assert {group["lr"] for part in resumed.parts for group in part.param_groups} == {5e-3}


def test_a_closure_is_refused(net: Net) -> None:
    with pytest.raises(ValueError, match="closure"):
        muon_adamw(net, **SETTINGS).step(lambda: 0.0)
