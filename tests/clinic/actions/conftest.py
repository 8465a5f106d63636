"""Every test of an action begins with the cast in its clinic."""

from tests.scene import cast, clinic, otto

__all__ = ["cast", "clinic", "otto"]
