"""The Hugging Face hub, and servers that speak its protocol: names, fetching a model, pushing a
folder.

The address is HF_ENDPOINT's and the token HF_TOKEN's or that of `hf auth login`, as huggingface_hub
reads them.
"""
