"""Common ways to write C++ for Vitis HLS, of which nothing is to be said."""

from __future__ import annotations

import pytest
from bitwright.hls.lint import check
from bitwright.hls.lint.program import from_texts

IDIOMS = {
    "a producer that reads what it wrote": """\
void sum(float a[4][8], float b[4]) {
  for (int i = 0; i < 4; i++) {
    b[i] = 0;
    for (int j = 0; j < 8; j++) b[i] = b[i] + a[i][j];
  }
}
void take(float b[4], float c[4]) { for (int i = 0; i < 4; i++) c[i] = b[i]; }
void top(float a[4][8], float c[4]) {
#pragma HLS dataflow
  float b[4];
  sum(a, b);
  take(b, c);
}
""",
    "tasks that run on their own": """\
#include "hls_task.h"
void sp(hls::stream<int>&a, hls::stream<int>&b){ b.write(a.read()); }
void top(hls::stream<int>&in, hls::stream<int>&out){
#pragma HLS interface ap_ctrl_none port=return
#pragma HLS dataflow
  hls_thread_local hls::stream<int> s1("s1"), s2;
  hls_thread_local hls::task t1(sp, in, s1);
  hls_thread_local hls::task t2(sp, s1, s2);
  sp(s2, out);
}
""",
    "members of classes": """\
template <int N> class W { public:
  W() {
#pragma HLS array_partition variable=buf complete dim=0
#pragma HLS array_partition variable=this->buf complete dim=0
  }
  int at(int i) {
#pragma HLS inline
#pragma HLS dependence variable=val inter false
    return buf[i][0]; }
 private: int buf[N][3]; int val[3]; };
struct P { int v[4]; };
void f(P p, P* q, P r[4]) {
#pragma HLS array_partition variable=p.v complete
#pragma HLS array_partition variable=q->v complete
#pragma HLS array_partition variable=r complete dim=1
#pragma HLS aggregate variable=r compact=auto
#pragma HLS disaggregate variable=p
}
""",
    "a kernel with ports": """\
extern "C" {
static void load(const int* a, hls::stream<int>& s, int n) { l: for (int i=0;i<n;i++) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 4096
#pragma HLS PIPELINE II = 1
 s << a[i]; } }
static void store(int* o, hls::stream<int>& s, int n) { l: for (int i=0;i<n;i++) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 4096
#pragma HLS PIPELINE II=1
 o[i] = s.read(); } }
void krnl(const int* a, int* o, int n) {
#pragma HLS INTERFACE m_axi port = a offset = slave bundle = gmem0 \\
  num_read_outstanding = 16 max_read_burst_length=64 channel=0
#pragma HLS INTERFACE mode=m_axi port=o offset=direct bundle=gmem1 latency=64 depth=4096
#pragma HLS INTERFACE s_axilite port = n bundle = control clock=c
#pragma HLS INTERFACE s_axilite port = return autorestart interrupt=5
#pragma HLS CACHE port=a lines=8 depth=16 ports=2 l2_lines=4
#pragma HLS alias ports=a,o distance=100
#pragma HLS performance target_ti=100ms unit=sec
  static hls::stream<int> s("s");
#pragma HLS STREAM variable = s depth = 32 type=fifo
#pragma HLS dataflow disable_start_propagation
  load(a, s, n);
  store(o, s, n);
}
}
""",
    "a chain of processes, unrolled": """\
void pe(hls::stream<int>& i, hls::stream<int>& o) { o.write(i.read()); }
void feed(int* a, hls::stream<int>& o) { o.write(a[0]); }
void drain(hls::stream<int>& i, int* b) { b[0] = i.read(); }
void top(int* a, int* b) {
#pragma HLS dataflow
  hls::stream<int> s[5];
#pragma HLS stream variable=s depth=4
#pragma HLS array_partition variable=s complete dim=1
  feed(a, s[0]);
  for (int i = 0; i < 4; i++) {
#pragma HLS unroll
    pe(s[i], s[i + 1]);
  }
  drain(s[4], b);
}
""",
    "copies to the chip and back": """\
void top(int a[64], int b[64]) {
#pragma HLS interface m_axi port=a bundle=g
#pragma HLS interface m_axi port=b bundle=g
  int x[64], y[64];
#pragma HLS bind_storage variable=x type=RAM_2P impl=BRAM latency=-1
  memcpy(x, a, 64 * sizeof(int));
  static const int tab[3] = {1,2,3};
#pragma HLS bind_op variable=y op=mul impl=DSP latency=2
L: for (int i = 0; i < 64; i++) y[i] = x[i] * tab[i % 3];
  memcpy(b, y, 64 * sizeof(int));
}
""",
    "lines that end as on Windows": "void f(int a[8]) {\r\nl: for (int i = 0; i < 8; ++i) {\r\n"
    "#pragma HLS pipeline II=1\r\n#pragma HLS array_partition variable=a \\\r\n"
    "  type=cyclic factor=4\r\na[i] = i;\r\n}\r\n}\r\n",
    "a byte order mark": "\ufeffvoid f(int a[8]) {\n#pragma HLS inline\n}",
    "processes that are methods": """\
struct K { hls::stream<int> s; int b[4];
 void p(int x) { s.write(x); }
 void g(int* y) { *y = s.read(); }
 void run(int x, int* y) {
#pragma HLS dataflow
#pragma HLS stream variable=s depth=2
   p(x); g(y); } };
""",
    "sizes and factors by name": """\
#define N 10
const int M = N * 2;
void f(int a[N][M], short b[M + 1]) {
#pragma HLS array_partition variable=a cyclic factor=N/2 dim=1
#pragma HLS array_reshape variable=a block factor=M dim=2
#pragma HLS array_partition variable=b type=cyclic factor=7
#pragma HLS array_partition variable=a type=complete dim=0
 outer: for (int i = 0; i < N; i++) {
#pragma HLS loop_flatten off
#pragma HLS loop_merge force
#pragma HLS latency min=1 max=4
#pragma HLS occurrence cycle=4
  inner: for (int j = 0; j < M; j++) {
#pragma HLS pipeline II=2 style=flp rewind
#pragma HLS expression_balance off
    a[i][j] = 0; }
 }
}
""",
}


@pytest.mark.parametrize("idiom", IDIOMS)
def test_nothing_is_said_of(idiom: str) -> None:
    report = check(from_texts({"x.cpp": IDIOMS[idiom].encode()}))
    assert [str(finding) for finding in report.findings] == []
    assert report.pragmas > 0
