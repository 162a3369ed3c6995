"""The connector: from frozen features to tokens that the text model reads."""

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

from .config import WaywiserStarterConfig

DEEP_SIZE = 1280  # the first channels: EfficientNet's head; the others come from its 14 x 14 stage


class FeatureDropout(nn.Dropout):
    """Zeroes whole feature channels, the same ones at all places of an image. A Dropout, so TRL can
    switch it off.
    """

    def forward(self, input: Tensor) -> Tensor:
        """(N, T, C) -> the same shape; identity in evaluation."""
        if not self.training or self.p == 0:
            return input
        keep = torch.rand(input.shape[0], 1, input.shape[2], device=input.device) >= self.p
        return input * keep / (1 - self.p)


class ConnectorLayer(nn.Module):
    """A pre-norm transformer encoder layer: every token of an image sees every other, both ways."""

    def __init__(self, width: int, heads: int, intermediate_size: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.mlp_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, intermediate_size)
        self.down = nn.Linear(intermediate_size, width)

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, width) -> the same shape."""
        n, t, width = x.shape
        qkv = self.qkv(self.attention_norm(x)).view(n, t, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        x = x + self.out(scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, width))
        return x + self.down(gelu(self.up(self.mlp_norm(x))))


class Connector(nn.Module):
    """A LayerNorm for each kind of feature, two linear layers, learned places, then
    `connector_layers` encoder layers over one image's tokens.
    """

    def __init__(self, config: WaywiserStarterConfig) -> None:
        super().__init__()
        width = config.get_text_config().hidden_size
        self.dropout = FeatureDropout(config.feature_dropout)
        # The deep features are ten times smaller than the middle ones: one norm over both would
        # drown what tells a chair from a table.
        self.deep_norm = nn.LayerNorm(DEEP_SIZE)
        self.middle_norm = nn.LayerNorm(config.feature_size - DEEP_SIZE)
        self.up = nn.Linear(config.feature_size, width)
        self.down = nn.Linear(width, width)
        self.positions = nn.Parameter(torch.empty(config.image_tokens, width))
        self.layers = nn.ModuleList(
            ConnectorLayer(width, config.connector_heads, config.connector_intermediate_size)
            for _ in range(config.connector_layers)
        )

        self.final_norm = nn.LayerNorm(width)

    def forward(self, features: Tensor) -> Tensor:
        """(N, 49, 1728) -> (N, 49, hidden)."""
        deep, middle = self.dropout(features).split(
            [DEEP_SIZE, features.shape[-1] - DEEP_SIZE], dim=-1
        )
        normed = torch.cat([self.deep_norm(deep), self.middle_norm(middle)], dim=-1)
        x = self.down(gelu(self.up(normed)))
        x = x + self.positions

        for layer in self.layers:
            x = layer(x)

        return self.final_norm(x)
