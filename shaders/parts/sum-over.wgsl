// The sum of a value over `count` neighboring threads, for each of them: `count` is a power of two
// that divides THREADS, which is needed. All threads of the workgroup call it; between two calls
// there must be a barrier.
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
