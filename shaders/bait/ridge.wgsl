// lambda = the given number, or, if that is 0, `share` * trace(F) (1 if the trace is 0).
struct Params { D: u32, lambda: f32, share: f32 }

@group(0) @binding(0) var<storage, read> matrix: array<f32>;
@group(0) @binding(1) var<storage, read_write> lambda: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

const THREADS: u32 = 256u;

// part: sum-over
// The sum of one value per thread over `count` consecutive threads, which all of them receive;
// `count` is a power of two that divides THREADS. All threads of the workgroup must call sumOver,
// and there must be a barrier between two calls. Needs THREADS.
var<workgroup> partial: array<f32, THREADS>;

fn sumOver(count: u32, value: f32, thread: u32) -> f32 {
  let place = thread % count;
  partial[thread] = value;
  workgroupBarrier();
  for (var width = count / 2u; width > 0u; width /= 2u) {
    if (place < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  return partial[thread - place];
}
// end of part

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.D; i += THREADS) { sum += matrix[i * params.D + i]; }
  let trace = sumOver(THREADS, sum, thread);
  if (thread == 0u) {
    var value = params.lambda;
    if (value == 0.0) { value = params.share * trace; }
    lambda[0] = select(1.0, value, value > 0.0);
  }
}
