"""Texts to vectors: the :class:`Encoder` protocol and the encoders that come with the package."""

from scr_themes.encoding.onnx import OnnxEncoder
from scr_themes.encoding.protocol import Encoder, TokenEncoder, TokenVectors
from scr_themes.encoding.sentence_transformer import SentenceTransformerEncoder

__all__ = ["Encoder", "OnnxEncoder", "SentenceTransformerEncoder", "TokenEncoder", "TokenVectors"]
