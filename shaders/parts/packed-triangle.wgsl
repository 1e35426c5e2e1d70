// The index of entry (j, k) of a symmetric matrix in its packed lower triangle.
fn packed(j: u32, k: u32) -> u32 {
  let high = max(j, k);
  return high * (high + 1u) / 2u + min(j, k);
}
