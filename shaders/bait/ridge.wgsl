// lambda = the number asked for, or, where that is 0, `share` * trace(F) (1 if the trace is 0).
struct Params { D: u32, lambda: f32, share: f32 }

@group(0) @binding(0) var<storage, read> matrix: array<f32>;
@group(0) @binding(1) var<storage, read_write> lambda: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

var<workgroup> partial: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.D; i += 256u) { sum += matrix[i * params.D + i]; }
  partial[thread] = sum;
  workgroupBarrier();
  for (var width = 128u; width > 0u; width /= 2u) {
    if (thread < width) { partial[thread] += partial[thread + width]; }
    workgroupBarrier();
  }
  if (thread == 0u) {
    var value = params.lambda;
    if (value == 0.0) { value = params.share * partial[0]; }
    lambda[0] = select(1.0, value, value > 0.0);
  }
}
