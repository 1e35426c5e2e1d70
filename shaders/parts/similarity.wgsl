// How similar two samples are, from their squared distance. Needs params.scale and an override ball:
// 1 for 1 below the scale and 0 from there on, 0 for a Gaussian.
fn similarity(distance: f32) -> f32 {
  if (ball == 1u) { return select(0.0, 1.0, distance < params.scale); }
  return exp(-params.scale * distance);
}
