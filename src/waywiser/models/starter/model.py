"""The starter model: frozen features, connector, causal text model; in transformers' own
interfaces.
"""

from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import AutoModel, Cache, GenerationMixin, PreTrainedModel
from transformers import initialization as init
from transformers.modeling_outputs import BaseModelOutputWithPast, CausalLMOutputWithPast
from transformers.modeling_utils import slice_logits_to_keep

from waywiser.errors import ModelError
from waywiser.json_types import JsonObject
from waywiser.models.starter.segment_packing import IGNORED, segment_mask, segment_positions

from .config import WaywiserStarterConfig, check_config
from .connector import Connector
from .features import frozen_tower

# What processors of other families return; it means nothing here.
_UNUSED_INPUTS = ("token_type_ids", "mm_token_type_ids")


class WaywiserStarterPreTrainedModel(PreTrainedModel):
    config_class = WaywiserStarterConfig
    config: WaywiserStarterConfig
    base_model_prefix = "model"
    input_modalities = ["image", "text"]  # noqa: RUF012
    supports_gradient_checkpointing = True
    _no_split_modules = ["ConnectorLayer"]  # noqa: RUF012
    _skip_keys_device_placement = ["past_key_values"]  # noqa: RUF012
    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_attention_backend = True

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, Connector):
            init.normal_(
                module.positions, std=5 * self.config.initializer_range
            )  # as large as the features


class WaywiserStarterModel(WaywiserStarterPreTrainedModel):
    """Connector and text model, without the head. The frozen tower is not part of the module (see
    features.py).
    """

    def __init__(self, config: WaywiserStarterConfig) -> None:
        super().__init__(config)
        check_config(config)
        self.connector = Connector(config)
        self.language_model = AutoModel.from_config(config.text_config)
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        return self.language_model.get_input_embeddings()

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.language_model.set_input_embeddings(value)

    def get_image_features(self, pixel_values: Tensor, **_: Any) -> Tensor:
        """(N, 3, 224, 224) uint8 -> (N, 49, hidden). Each distinct picture passes tower and
        connector once.
        """
        tower = frozen_tower(self.connector.positions.device)
        features, index = tower.encode(pixel_values)
        return self.connector(features.to(self.connector.up.weight.dtype))[index]

    def forward(
        self,
        input_ids: Tensor | None = None,
        pixel_values: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Cache | None = None,
        inputs_embeds: Tensor | None = None,
        use_cache: bool | None = None,
        segment_ids: Tensor | None = None,
        **kwargs: Any,
    ) -> BaseModelOutputWithPast:
        """See `WaywiserStarterForConditionalGeneration.forward`."""
        if (input_ids is None) == (inputs_embeds is None):
            raise ModelError("give either input_ids or inputs_embeds, not both and not neither")

        for name in _UNUSED_INPUTS:
            kwargs.pop(name, None)

        if inputs_embeds is None:
            inputs_embeds = cast(Tensor, self.get_input_embeddings()(input_ids))

        if pixel_values is not None:
            inputs_embeds = self._insert_image_features(input_ids, inputs_embeds, pixel_values)
        elif input_ids is not None and _is_prefill(past_key_values):
            self._check_no_image_tokens(input_ids)

        length = inputs_embeds.shape[1]

        if segment_ids is not None:
            if not _is_prefill(past_key_values):
                raise ModelError(
                    "packed rows cannot continue from a cache: leave out segment_ids or"
                    " past_key_values"
                )

            if position_ids is None:
                position_ids = segment_positions(segment_ids)

            attention_mask = self._packed_mask(segment_ids, attention_mask, inputs_embeds.dtype)
        elif position_ids is None and attention_mask is not None and attention_mask.ndim == 2:
            position_ids = (attention_mask.long().cumsum(-1) - 1).clamp(min=0)[:, -length:]

        return self.language_model(
            inputs_embeds=inputs_embeds,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=past_key_values,
            use_cache=use_cache,
            **kwargs,
        )

    def _insert_image_features(
        self, input_ids: Tensor | None, inputs_embeds: Tensor, pixel_values: Tensor
    ) -> Tensor:
        if input_ids is None:
            raise ModelError("pixel_values need input_ids, which say where the images stand")

        image_mask = input_ids == self.config.image_token_id
        count = int(image_mask.sum())
        expected = pixel_values.shape[0] * self.config.image_tokens
        if count != expected:
            raise ModelError(
                f"{count} image tokens for {pixel_values.shape[0]} images of"
                f" {self.config.image_tokens}: use the model's own processor, and do not truncate"
                " prompts"
            )

        tokens = self.get_image_features(pixel_values).to(inputs_embeds.dtype)
        return inputs_embeds.masked_scatter(image_mask[..., None], tokens)

    def _check_no_image_tokens(self, input_ids: Tensor) -> None:
        count = int((input_ids == self.config.image_token_id).sum())
        if count:
            raise ModelError(
                f"{count} image tokens but no pixel_values: pass all that the processor returned"
            )

    def _packed_mask(
        self, segment_ids: Tensor, attention_mask: Tensor | None, dtype: torch.dtype
    ) -> Tensor:
        """(B, 1, L, L) additive: 0 where a token may look, the lowest number elsewhere."""
        if attention_mask is not None and attention_mask.ndim == 2:
            segment_ids = segment_ids.masked_fill(attention_mask == 0, -1)

        implementation = self.language_model.config._attn_implementation
        if implementation not in ("sdpa", "eager"):
            raise ModelError(
                f"packed rows need attn_implementation 'sdpa' or 'eager', not {implementation!r}"
            )

        allowed = segment_mask(segment_ids)
        return torch.zeros_like(allowed, dtype=dtype).masked_fill_(~allowed, torch.finfo(dtype).min)


class WaywiserStarterForConditionalGeneration(WaywiserStarterPreTrainedModel, GenerationMixin):
    """A small vision-language model with a language-modelling head.

    Trains and generates through the same calls as the big ones: Auto classes, `generate`, Trainer,
    TRL, PEFT.
    """

    _tied_weights_keys = {"lm_head.weight": "model.language_model.embed_tokens.weight"}  # noqa: RUF012

    def __init__(self, config: WaywiserStarterConfig) -> None:
        super().__init__(config)
        text = config.get_text_config()
        self.model = WaywiserStarterModel(config)
        self.lm_head = nn.Linear(text.hidden_size, text.vocab_size, bias=False)
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        return self.model.get_input_embeddings()

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.model.set_input_embeddings(value)

    def get_output_embeddings(self) -> nn.Module:
        return self.lm_head

    def get_image_features(self, pixel_values: Tensor, **kwargs: Any) -> Tensor:
        """(N, 3, 224, 224) uint8 -> (N, 49, hidden), as the text model sees them."""
        return self.model.get_image_features(pixel_values, **kwargs)

    def forward(
        self,
        input_ids: Tensor | None = None,
        pixel_values: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Cache | None = None,
        inputs_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int | Tensor = 0,
        segment_ids: Tensor | None = None,
        **kwargs: Any,
    ) -> CausalLMOutputWithPast:
        """Logits of the next token at each place, and the loss where there are labels.

        Args:
            input_ids: (B, L) int64, with 49 image tokens for each image, images in order of rows
                and places.
            pixel_values: (images of all rows, 3, 224, 224) uint8 from the model's image processor;
                at prefill only.
            attention_mask: (B, L) 1 for tokens, 0 for padding on either side.
            position_ids: (B, L); by default they count the unmasked tokens of a row from 0.
            past_key_values: Keys and values of the tokens before these; None at prefill.
            inputs_embeds: (B, L, width), instead of `input_ids`.
            labels: (B, L), -100 where nothing is learned (image places never are).
            use_cache: Whether to return the keys and values.
            logits_to_keep: Compute logits for this many last places only (0: all), or for these
                indices.
            segment_ids: (B, L) for packed questions: 0 the shared prefix, k >= 1 question k, -1
                padding (packing.py).

        Returns:
            Loss (), logits (B, L or kept, vocabulary) and past_key_values.

        Raises:
            ModelError: Images and image tokens do not match, or inputs have another shape or type.
        """
        outputs = self.model(
            input_ids=input_ids,
            pixel_values=pixel_values,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=past_key_values,
            inputs_embeds=inputs_embeds,
            use_cache=use_cache,
            segment_ids=segment_ids,
            **{k: v for k, v in kwargs.items() if k not in ("num_items_in_batch", "return_dict")},
        )

        logits = self.lm_head(slice_logits_to_keep(outputs.last_hidden_state, logits_to_keep))
        loss = None

        if labels is not None:
            if input_ids is not None:
                labels = labels.masked_fill(input_ids == self.config.image_token_id, IGNORED)

            loss = self.loss_function(
                logits=logits, labels=labels, vocab_size=logits.shape[-1], **_loss_kwargs(kwargs)
            )

        return CausalLMOutputWithPast(
            loss=loss,
            logits=logits,
            past_key_values=outputs.past_key_values,
            hidden_states=outputs.hidden_states,
            attentions=outputs.attentions,
        )

    def _expand_inputs_for_generation(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        expand_size: int = 1,
        is_encoder_decoder: bool = False,
        input_ids: Tensor | None = None,
        **kwargs: Any,
    ) -> tuple[Tensor | None, JsonObject]:
        """Repeats rows for num_return_sequences; a row's images repeat as one block, however many
        it has.
        """
        pixel_values = kwargs.pop("pixel_values", None)
        before = input_ids

        input_ids, kwargs = cast(Any, super())._expand_inputs_for_generation(
            expand_size=expand_size,
            is_encoder_decoder=is_encoder_decoder,
            input_ids=input_ids,
            **kwargs,
        )

        if pixel_values is not None:
            if expand_size > 1 and before is not None:
                counts = (before == self.config.image_token_id).sum(1) // self.config.image_tokens
                index = torch.arange(len(pixel_values)).split(counts.tolist())
                pixel_values = pixel_values[
                    torch.cat([block.repeat(expand_size) for block in index])
                ]

            kwargs["pixel_values"] = pixel_values

        return input_ids, kwargs


def _is_prefill(cache: Cache | None) -> bool:
    return cache is None or int(cache.get_seq_length()) == 0


def _loss_kwargs(kwargs: JsonObject) -> JsonObject:
    return {
        k: kwargs[k] for k in ("num_items_in_batch", "shift_labels") if kwargs.get(k) is not None
    }
