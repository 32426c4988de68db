"""Sources in the style of Stream-HLS, written for the tests, in the shapes that it prints.

Two layers over x [4, 8]: h = relu(x W1^T + b1), y = h W2^T + b2, then both scaled by a constant.
"""

from __future__ import annotations

HEAD = """\

//===------------------------------------------------------------*- C++ -*-===//
//
// Automatically generated file for High-level Synthesis (HLS).
//
//===----------------------------------------------------------------------===//
#include <hls_stream.h>
#include <hls_half.h>
#include <cassert>
#include <hls_math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

using namespace std;

"""

# Level 1: streams by reference, each with a name; arrays between nodes; nothing is partitioned.
OPT1 = (
    HEAD
    + """\
void node0(
  hls::stream<float> &v0,
  float v1[1][4][8]
) {
  loop0: for (int v2 = 0; v2 < 4; v2++) {
    loop1: for (int v3 = 0; v3 < 8; v3++) {
      #pragma HLS pipeline II=1
      #pragma HLS loop_flatten
      float v4 = v0.read();
      v1[0][v2][v3] = v4;
    }
  }
  return ;
}

void node1(
  float v5[4][8],
  float v6[8],
  hls::stream<float> &v7,
  float v8
) {
  loop2: for (int v9 = 0; v9 < 4; v9++) {
    loop3: for (int v10 = 0; v10 < 8; v10++) {
      #pragma HLS pipeline II=1
      #pragma HLS loop_flatten
      float v11 = v5[v9][v10];
      float v12 = v6[v10];
      float v13 = v11 + v12;
      float v14 = fmax(v13, v8);
      v7.write(v14);
    }
  }
  return ;
}

void node2(
  float v15[8][8],
  float v16[4][8],
  hls::stream<float> &v17,
  float v18
) {
  float v19[4][8];
  loop4: for (int v20 = 0; v20 < 4; v20++) {
    loop5: for (int v21 = 0; v21 < 8; v21++) {
      float v22 = v17.read();
      v19[v20][v21] = v22;
    }
  }
  loop6: for (int v23 = 0; v23 < 4; v23++) {
    loop7: for (int v24 = 0; v24 < 8; v24++) {
      loop8: for (int v25 = 0; v25 < 8; v25++) {
        #pragma HLS pipeline II=1
        #pragma HLS loop_flatten
        if (v25 == 0) {
          v16[v23][v24] = v18;
        }
        float v26 = v19[v23][v25];
        float v27 = v15[v24][v25];
        float v28 = v26 * v27;
        float v29 = v16[v23][v24];
        float v30 = v29 + v28;
        v16[v23][v24] = v30;
      }
    }
  }
  return ;
}

void node3(
  float v31[1][4][8],
  hls::stream<float> &v32
) {
  loop9: for (int v33 = 0; v33 < 4; v33++) {
    loop10: for (int v34 = 0; v34 < 8; v34++) {
      #pragma HLS pipeline II=1
      #pragma HLS loop_flatten
      float v35 = v31[0][v33][v34];
      v32.write(v35);
    }
  }
  return ;
}

void forward(
  float v36[1][4][8],
  float v37[8],
  float v38[8][8],
  float v39[1][4][8]
) {
	#pragma HLS DATAFLOW
  hls::stream<float> v40("fifo_0");
	#pragma HLS STREAM variable=v40 depth=32
  float v41[4][8];
  hls::stream<float> v42("fifo_1");
	#pragma HLS STREAM variable=v42 depth=32
  node3(v36, v42);
  node2(v38, v41, v42, 0.000000);
  node1(v41, v37, v40, 0.000000);
  node0(v40, v39);
  return ;
}

"""
)

# Level 5: arrays of streams by value; locals that are partitioned beside arguments that are.
OPT5 = (
    HEAD
    + """\
void node0(
  hls::stream<float> v0[2][4],
  float v1[1][4][8]
) {
  #pragma HLS array_partition variable=v1 cyclic dim=2 factor=2
  #pragma HLS array_partition variable=v1 cyclic dim=3 factor=4

  loop0: for (int v2 = 0; v2 < 2; v2++) {
    loop1: for (int v3 = 0; v3 < 2; v3++) {
      #pragma HLS pipeline II=1
      #pragma HLS loop_flatten
      loop2: for (int v4 = 0; v4 < 2; v4++) {
        loop3: for (int v5 = 0; v5 < 4; v5++) {
          float v6 = v0[v4][v5].read();
          v1[0][(v4 + (v2 * 2))][(v5 + (v3 * 4))] = v6;
        }
      }
    }
  }
  return ;
}

void node1(
  float v7[4][8],
  float v8[8],
  hls::stream<float> v9[2][4]
) {
  #pragma HLS array_partition variable=v7 cyclic dim=1 factor=2
  #pragma HLS array_partition variable=v7 cyclic dim=2 factor=4

  #pragma HLS array_partition variable=v8 cyclic dim=1 factor=4

  loop4: for (int v10 = 0; v10 < 2; v10++) {
    loop5: for (int v11 = 0; v11 < 2; v11++) {
      #pragma HLS pipeline II=1
      #pragma HLS loop_flatten
      loop6: for (int v12 = 0; v12 < 2; v12++) {
        loop7: for (int v13 = 0; v13 < 4; v13++) {
          float v14 = v7[(v12 + (v10 * 2))][(v13 + (v11 * 4))];
          float v15 = v8[(v13 + (v11 * 4))];
          float v16 = v14 + v15;
          v9[v12][v13].write(v16);
        }
      }
    }
  }
  return ;
}

void node2(
  hls::stream<float> v17[2][1],
  float v18[8][8],
  float v19[4][8],
  float v20
) {
  #pragma HLS array_partition variable=v18 cyclic dim=1 factor=4

  #pragma HLS array_partition variable=v19 cyclic dim=1 factor=2
  #pragma HLS array_partition variable=v19 cyclic dim=2 factor=4

  float v21[4][8];
  #pragma HLS array_partition variable=v21 cyclic dim=1 factor=2

  loop8: for (int v22 = 0; v22 < 8; v22++) {
    loop9: for (int v23 = 0; v23 < 2; v23++) {
      loop10: for (int v24 = 0; v24 < 2; v24++) {
        #pragma HLS pipeline II=1
        #pragma HLS loop_flatten
        loop11: for (int v25 = 0; v25 < 1; v25++) {
          loop12: for (int v26 = 0; v26 < 2; v26++) {
            loop13: for (int v27 = 0; v27 < 4; v27++) {
              if ((v27 + (v24 * 4)) == 0) {
                float v28 = v17[v26][v25].read();
                v21[(v26 + (v23 * 2))][(v22 + v25)] = v28;
              }
              float v29 = v21[(v26 + (v23 * 2))][(v22 + v25)];
              float v30 = v18[(v27 + (v24 * 4))][(v22 + v25)];
              if ((v22 + v25) == 0) {
                v19[(v26 + (v23 * 2))][(v27 + (v24 * 4))] = v20;
              }
              float v31 = v19[(v26 + (v23 * 2))][(v27 + (v24 * 4))];
              float v32 = v29 * v30;
              float v33 = v31 + v32;
              v19[(v26 + (v23 * 2))][(v27 + (v24 * 4))] = v33;
            }
          }
        }
      }
    }
  }
  return ;
}

void node3(
  float v34[1][4][8],
  hls::stream<float> v35[2][1]
) {
  #pragma HLS array_partition variable=v34 cyclic dim=2 factor=2

  loop14: for (int v36 = 0; v36 < 8; v36++) {
    loop15: for (int v37 = 0; v37 < 2; v37++) {
      #pragma HLS pipeline II=1
      #pragma HLS loop_flatten
      loop16: for (int v38 = 0; v38 < 1; v38++) {
        loop17: for (int v39 = 0; v39 < 2; v39++) {
          float v40 = v34[0][(v39 + (v37 * 2))][(v36 + v38)];
          v35[v39][v38].write(v40);
        }
      }
    }
  }
  return ;
}

void forward(
  float v41[1][4][8],
  float v42[8],
  float v43[8][8],
  float v44[1][4][8]
) {
	#pragma HLS DATAFLOW
  #pragma HLS array_partition variable=v41 cyclic dim=2 factor=2

  #pragma HLS array_partition variable=v42 cyclic dim=1 factor=4

  #pragma HLS array_partition variable=v43 cyclic dim=1 factor=4

  #pragma HLS array_partition variable=v44 cyclic dim=2 factor=2
  #pragma HLS array_partition variable=v44 cyclic dim=3 factor=4

  hls::stream<float> v45[2][4];
	#pragma HLS STREAM variable=v45 depth=4
  float v46[4][8];
  #pragma HLS array_partition variable=v46 cyclic dim=1 factor=2
  #pragma HLS array_partition variable=v46 cyclic dim=2 factor=4

  hls::stream<float> v47[2][1];
	#pragma HLS STREAM variable=v47 depth=16
  node3(v41, v47);
  node2(v47, v43, v46, 0.000000);
  node1(v46, v42, v45);
  node0(v45, v44);
  return ;
}

"""
)

# Level 5 as hands leave it: CRLF, comments in parameter lists, pragmas over two lines, the same
# names in every function, a scalar, C linkage, no end of the last line.
_HANDLED = """\
extern "C" {
void load(
  float a[4][8],  // float old[4][8],
  hls::stream<float> s[2]  /* two, one for each parity */
) {
  #pragma HLS ARRAY_PARTITION variable=a \\
      cyclic dim=2 factor = 2  // so that both parities are read at once
  rows: for (int i = 0; i < 4; i++) {
    columns: for (int j = 0; j < 8; j += 2) {
      #pragma HLS pipeline II=1
      s[0].write(a[i][j]);
      s[1] << a[i][j + 1];
    }
  }
}

void work(
  hls::stream<float> s[2],
  /* not an argument of forward: */ float a[4][8], const float b[8], float scale
) {
  #pragma HLS array_partition variable=a cyclic dim=2 factor=2
  #pragma HLS array_partition variable=b complete dim=1
  float t[8];
  #pragma HLS array_partition variable=t complete dim=1
  rows: for (int i = 0; i < 4; i++) {
    columns: for (int j = 0; j < 8; j++) {
      #pragma HLS pipeline II=1
      t[j] = s[j % 2].read();
      a[i][j] = (t[j] + b[j]) * scale;
    }
  }
}

void store(float a[4][8], float b[4][8]) {
  #pragma HLS array_partition variable=a cyclic dim=2 factor=2
  #pragma HLS array_partition variable=b cyclic dim=2 factor=2
  rows: for (int i = 0; i < 4; i++)
    columns: for (int j = 0; j < 8; j++) {
      #pragma HLS pipeline II=1
      b[i][j] = a[i][j];
    }
}

void forward(float a[4][8], const float b[8], float scale, float c[4][8]) {\t// top
  #pragma HLS DATAFLOW
  #pragma HLS array_partition variable=a cyclic dim=2 factor=2
  /* kept */ float t[4][8];  // a local like any other
  #pragma HLS array_partition variable=t cyclic dim=2 factor=2
  #pragma HLS array_partition variable=c cyclic dim=2 factor=2
  hls::stream<float> s[2];
  load(a, s);
  work(s, t, b, scale);
  store(t, c);
}
}"""
HANDLED = (HEAD + _HANDLED).replace("\n", "\r\n")

SHAPES = {"opt1": OPT1, "opt5": OPT5, "handled": HANDLED}
# interface, local, bound to an argument, bound to a local, local of a node
COUNTS = {"opt1": (0, 0, 0, 0, 0), "opt5": (5, 2, 5, 4, 1), "handled": (2, 1, 3, 2, 1)}
