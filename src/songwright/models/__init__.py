"""Learned symbolic models: tokens, networks as ONNX files, and sampling that obeys."""
