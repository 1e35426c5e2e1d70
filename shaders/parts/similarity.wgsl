// How similar two samples are, from their squared distance: a Gaussian, or, where ball is 1,
// whether it is below the scale. Needs params.scale and an override ball.
fn similarity(distance: f32) -> f32 {
  if (ball == 1u) { return select(0.0, 1.0, distance < params.scale); }
  return exp(-params.scale * distance);
}
