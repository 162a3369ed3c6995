"""Supervised fine-tuning and dynamic RLVR over TRL."""

import logging

# TRL imports PEFT, which imports bitsandbytes if it is there: on some processors that warns of
# kernels from the hub,
# which are never fetched here.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
