"""Stores: what fsspec reaches, be it a folder or a bucket, and the generations it holds."""

from tasks.stores.addresses import Address, read_address
from tasks.stores.place import Place, StoreTakenError, open_place

__all__ = ["Address", "Place", "StoreTakenError", "open_place", "read_address"]
