// hls::stream under test: `streams read`, `streams leave`, `streams use`, `streams late`,
// `streams early`.
#include <cstdio>
#include <string>

#include "hls_stream.h"

namespace {

void produce(hls::stream<float> to[2][2], hls::stream<int>& count) {
  for (int i = 0; i < 4; ++i) to[i / 2][i % 2].write(0.5f * static_cast<float>(i));
  count << 4;
}

hls::stream<int> early("early");  // is there before main and after it

float consume(hls::stream<float> from[2][2], hls::stream<int>& count) {
  float sum = 0, one = 0;
  int left = 0;
  count >> left;
  for (int i = 0; i < left - 1; ++i) sum += from[i / 2][i % 2].read();
  from[1][1].read(one);
  return sum + one;
}

}  // namespace

int main(int, char** arguments) {
  const std::string what = arguments[1];
  hls::stream<float> values[2][2];
  hls::stream<int> count("fifo_0");
  produce(values, count);
  std::printf("sum %g\n", consume(values, count));
  int none = 0;
  if (count.read_nb(none) || !count.empty() || count.size() != 0) return 2;
  if (what == "read") count.read();
  if (what == "leave") {
    hls::stream<int> rows("attention.rows");
    hls::stream<int, 4> one("attention.one");
    rows.write(1);
    rows.write(2);
    one.write(3);
  }
  if (what == "early") {
    hls::stream<int> rows("attention.rows");
    rows.write(1);
    early.write(2);
  }
  if (what == "late") {
    static hls::stream<int> kept("kept");
    kept.write(1);
  }
  std::printf("finished\n");
  return 0;
}
