"""The commands of `harness`, a module each."""
