// The simulated board: the system's UART, bit by bit, behind a TCP socket on 127.0.0.1.
//
// Time stands still unless bytes are on their way to the system or an answer is awaited, so a
// simulation is the same to the cycle whenever and however fast the host asks. The answer's length
// is known from the bridge's protocol: command, length in words, four bytes of address, data.
//
//   bench [+port=N] [+bit_cycles=N] [+patience=N] [+with_parent]
//     port        0 takes a free one; the first line of output says which
//     bit_cycles  system clocks per UART bit, as the system was generated
//     patience    system clocks without a byte of an awaited answer until it is given up
//     with_parent end when the process that started it ends, however that happens
// Ends with status 0 when the host hangs up, 3 when an answer does not come.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "Vulx3s_sim.h"
#include "verilated.h"

namespace {

uint64_t argument(VerilatedContext& context, const char* name, uint64_t otherwise) {
  const std::string text = context.commandArgsPlusMatch((std::string(name) + "=").c_str());
  if (text.empty()) return otherwise;
  return std::strtoull(text.c_str() + std::strlen(name) + 2, nullptr, 0);
}

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(2);
}

/// One client on a port of this machine.
class Host {
 public:
  explicit Host(uint16_t port) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0) give_up("socket");
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) < 0) give_up("bind");
    if (listen(listener, 1) < 0) give_up("listen");
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("port %u\n", ntohs(address.sin_port));
    std::fflush(stdout);
    socket_ = accept(listener, nullptr, nullptr);
    if (socket_ < 0) give_up("accept");
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    close(listener);
  }

  /// Waits for bytes; none means the host has hung up.
  std::vector<uint8_t> receive() {
    std::vector<uint8_t> bytes(65536);
    const ssize_t got = recv(socket_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return bytes;
  }

  void send_all(const std::vector<uint8_t>& bytes) {
    size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t put = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (put <= 0) return;  // hung up; receive() will say so
      sent += static_cast<size_t>(put);
    }
  }

 private:
  int socket_ = -1;
};

/// How many bytes the bridge will answer to what it has been sent so far.
class Expectation {
 public:
  void sent(uint8_t byte) {
    switch (at_++) {
      case 0: command_ = byte; break;
      case 1: words_ = byte; break;
      case 5: {
        const bool write = command_ == 1 || command_ == 3;
        const bool read = command_ == 2 || command_ == 4;
        if (read) awaited += 4u * words_;
        data_ = write ? 4u * words_ : 0;
        if (data_ == 0) at_ = 0;
        break;
      }
      default:
        if (at_ > 6 && --data_ == 0) at_ = 0;
    }
  }
  uint64_t awaited = 0;

 private:
  unsigned at_ = 0, words_ = 0, data_ = 0;
  uint8_t command_ = 0;
};

/// Sends start bit, eight data bits (lowest first), stop bit.
class Transmitter {
 public:
  Transmitter(unsigned bit_cycles) : bit_cycles_(bit_cycles) {}
  void send(uint8_t byte) { waiting_.push_back(byte); }
  bool idle() const { return waiting_.empty() && left_ == 0; }
  uint8_t step() {
    if (left_ == 0) {
      if (waiting_.empty()) return 1;
      frame_ = 0x200u | (waiting_.front() << 1);
      waiting_.pop_front();
      left_ = 10 * bit_cycles_;
    }
    const unsigned bit = (10 * bit_cycles_ - left_--) / bit_cycles_;
    return (frame_ >> bit) & 1;
  }

 private:
  unsigned bit_cycles_, left_ = 0, frame_ = 0;
  std::deque<uint8_t> waiting_;
};

/// Samples each bit in its middle; a stop bit that is not high is an error of the system.
class Receiver {
 public:
  Receiver(unsigned bit_cycles) : bit_cycles_(bit_cycles) {}
  /// True when `byte` is new.
  bool step(uint8_t line) {
    if (!running_) {
      if (line) return false;
      running_ = true;
      count_ = 0;
      byte = 0;
      return false;
    }
    ++count_;
    if (count_ % bit_cycles_ != bit_cycles_ / 2) return false;
    const unsigned bit = count_ / bit_cycles_;
    if (bit == 0) return false;
    if (bit <= 8) {
      byte |= static_cast<uint8_t>(line << (bit - 1));
      return false;
    }
    running_ = false;
    if (!line) {
      std::printf("%%Error: bench: the system's UART sent no stop bit\n");
      std::exit(2);
    }
    return true;
  }
  uint8_t byte = 0;

 private:
  unsigned bit_cycles_, count_ = 0;
  bool running_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  VerilatedContext context;
  context.commandArgs(argc, argv);
  const unsigned bit_cycles = static_cast<unsigned>(argument(context, "bit_cycles", 8));
  const uint64_t patience = argument(context, "patience", 1'000'000);
  if (*context.commandArgsPlusMatch("with_parent")) prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto dut = std::make_unique<Vulx3s_sim>(&context);
  Transmitter to_system(bit_cycles);
  Receiver from_system(bit_cycles);
  Expectation expectation;
  std::vector<uint8_t> answer;
  uint64_t cycles = 0, last_byte = 0;

  dut->ftdi_txd = 1;
  const auto clock = [&] {
    dut->sys_clk = 0;
    dut->eval();
    dut->ftdi_txd = to_system.step();
    dut->sys_clk = 1;
    dut->eval();
    ++cycles;
    if (from_system.step(dut->ftdi_rxd)) {
      answer.push_back(from_system.byte);
      if (expectation.awaited > 0) --expectation.awaited;
      last_byte = cycles;
    }
  };
  dut->sys_rst = 1;
  for (int i = 0; i < 16; ++i) clock();
  dut->sys_rst = 0;
  for (int i = 0; i < 64; ++i) clock();

  Host host(static_cast<uint16_t>(argument(context, "port", 0)));
  for (;;) {
    const std::vector<uint8_t> bytes = host.receive();
    if (bytes.empty()) break;
    for (const uint8_t byte : bytes) {
      to_system.send(byte);
      expectation.sent(byte);
    }
    last_byte = cycles;
    while (!to_system.idle() || expectation.awaited > 0) {
      clock();
      if (!to_system.idle()) last_byte = cycles;
      if (cycles - last_byte > patience) {
        std::printf("%%Error: bench: %llu bytes of an answer missing after %llu cycles\n",
                    static_cast<unsigned long long>(expectation.awaited),
                    static_cast<unsigned long long>(patience));
        return 3;
      }
    }
    host.send_all(answer);
    answer.clear();
  }
  for (int i = 0; i < 1000; ++i) clock();
  dut->final();
  std::printf("cycles %llu\n", static_cast<unsigned long long>(cycles));
  return 0;
}
