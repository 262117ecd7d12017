"""Worlds in which a run can be repeated to the byte."""

from harness.simulation.world import EPOCH, LiveWorld, SeededWorld

__all__ = ["EPOCH", "LiveWorld", "SeededWorld"]
