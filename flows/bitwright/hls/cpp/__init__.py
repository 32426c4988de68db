"""Reading C++ with tree-sitter's grammar; `bitwright.hls.source` is the way in."""
