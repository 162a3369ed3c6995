"""`Budget`: tokens and cost of an endpoint, and their caps."""

from waywiser.clients.config import EndpointConfig
from waywiser.clients.requests import Reply, Request


class Budget:
    """Counts the tokens of replies, and reserves the maximum that pending requests can use.

    Args:
        config: prices and caps.
        replies: number of replies so far.
        tokens_in: prompt tokens so far.
        tokens_out: completion tokens so far.
    """

    def __init__(
        self, config: EndpointConfig, replies: int = 0, tokens_in: int = 0, tokens_out: int = 0
    ) -> None:
        self._config = config
        self.replies = replies
        self.tokens_in = tokens_in
        self.tokens_out = tokens_out
        self._reserved_in = 0
        self._reserved_out = 0

    @property
    def cost(self) -> float:
        """Cost so far, in the currency of the prices."""
        return self._price(self.tokens_in, self.tokens_out)

    def reserve(self, request: Request) -> bool:
        """Reserve the maximum cost of a request; False if that would exceed a cap."""
        request_in, request_out = request.estimate_tokens()
        total_in = self.tokens_in + self._reserved_in + request_in
        total_out = self.tokens_out + self._reserved_out + request_out
        if (
            self._config.max_cost is not None
            and self._price(total_in, total_out) > self._config.max_cost
        ):
            return False

        if (
            self._config.max_total_tokens is not None
            and total_in + total_out > self._config.max_total_tokens
        ):
            return False

        self._reserved_in += request_in
        self._reserved_out += request_out
        return True

    def record_usage(self, request: Request, reply: Reply | None) -> None:
        """Replace the reservation of a request by the actual usage."""
        request_in, request_out = request.estimate_tokens()
        self._reserved_in -= request_in
        self._reserved_out -= request_out

        if reply is not None:
            self.replies += 1
            self.tokens_in += reply.tokens_in
            self.tokens_out += reply.tokens_out

    def _price(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self._config.price_in + tokens_out * self._config.price_out) / 1e6
