"""The heavy side: making encoders. Needs the extra ``train`` (torch, onnx)."""
