// A random 32-bit word for each counter and key; the same as in src/random/counter-hash.ts, which
// names the source.
fn pcg(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

fn counterHash(counter: u32, key: u32) -> u32 {
  return pcg(pcg(counter ^ key) + key);
}
