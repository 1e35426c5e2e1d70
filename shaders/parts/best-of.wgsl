// The maximum of one value per thread, and its index; of equal values the lowest index wins. The
// result is in best[0] and at[0]. All threads of the workgroup must call findBest. Needs THREADS, a
// power of two.
var<workgroup> best: array<f32, THREADS>;
var<workgroup> at: array<u32, THREADS>;

fn isBetter(value: f32, index: u32, other: f32, otherIndex: u32) -> bool {
  return value > other || (value == other && index < otherIndex);
}

fn findBest(value: f32, index: u32, thread: u32) {
  best[thread] = value;
  at[thread] = index;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    if (thread < width) {
      let other = thread + width;
      if (isBetter(best[other], at[other], best[thread], at[thread])) {
        best[thread] = best[other];
        at[thread] = at[other];
      }
    }
    workgroupBarrier();
  }
}
