// log(1 + v) for v >= 0, by its series for small v, where the rounding of 1 + v would matter.
fn logOnePlus(v: f32) -> f32 {
  if (v > 0.02) { return log(1.0 + v); }
  return v * (1.0 - v * (0.5 - v * (1.0 / 3.0 - 0.25 * v)));
}
