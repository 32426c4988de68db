"""Float weights and a calibration batch to the integers of the kernels `ffn` and `mhsa`."""

from bitwright.quantize.ffn import QuantizedFfn, quantize_ffn
from bitwright.quantize.mhsa import QuantizedMhsa, quantize_mhsa

__all__ = ["QuantizedFfn", "QuantizedMhsa", "quantize_ffn", "quantize_mhsa"]
