"""The sections of a training recipe about the model: its shape, LoRA adapters and vLLM."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from waywiser.json_types import JsonObject


class StarterShape(BaseModel):
    """A fresh starter model: its tokenizer is learned from the data, its weights are random."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocab_size: int = Field(
        default=1024, ge=300, le=65536, description="maximum vocabulary size of the tokenizer"
    )
    hidden_size: int = Field(default=256, ge=16, description="width of the text model")
    num_hidden_layers: int = Field(default=6, ge=1, description="layers of the text model")
    num_attention_heads: int = Field(default=4, ge=1, description="query heads of a layer")
    num_key_value_heads: int = Field(
        default=2, ge=1, description="key and value heads of a layer, shared by the query heads"
    )
    head_dim: int = Field(default=64, ge=8, description="width of an attention head")
    intermediate_size: int = Field(
        default=768, ge=16, description="hidden width of the text model's MLPs"
    )
    connector_layers: int = Field(
        default=2, ge=0, description="encoder layers over the tokens of an image"
    )
    connector_heads: int = Field(
        default=4, ge=1, description="heads of a connector layer; must divide hidden_size"
    )
    connector_intermediate_size: int = Field(
        default=512, ge=16, description="hidden width of the connector's MLPs"
    )
    feature_dropout: float = Field(
        default=0.1, ge=0, lt=1, description="share of image feature channels zeroed in training"
    )


class LoraSettings(BaseModel):
    """Train adapters (by PEFT) instead of all weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(default=16, ge=1, description="rank of the adapters")
    alpha: int = Field(
        default=32, ge=1, description="scale of the adapters; they are multiplied by alpha / rank"
    )
    dropout: float = Field(default=0.0, ge=0, lt=1, description="dropout before the adapters")
    targets: str | list[str] = Field(
        default="all-linear",
        min_length=1,
        description="names of layers, a regular expression for whole names, or all-linear",
    )


class VllmSettings(BaseModel):
    """Generate completions with vLLM, as TRL runs it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["colocate", "server"] = Field(
        default="colocate",
        description="on the trainer's own GPUs, or on a server started with `trl vllm-serve`",
    )
    memory: float = Field(
        default=0.3, gt=0, lt=1, description="share of a GPU's memory for a colocated vLLM"
    )
    tensor_parallel: int = Field(
        default=1, ge=1, description="GPUs that a colocated vLLM splits the model over"
    )
    host: str = Field(default="127.0.0.1", description="address of the server")
    port: int = Field(default=8000, ge=1, le=65535, description="port of the server")

    def arguments(self) -> JsonObject:
        """The settings as arguments of TRL's GRPOConfig."""
        return {
            "use_vllm": True,
            "vllm_mode": self.mode,
            "vllm_gpu_memory_utilization": self.memory,
            "vllm_tensor_parallel_size": self.tensor_parallel,
            "vllm_server_host": self.host,
            "vllm_server_port": self.port,
        }
