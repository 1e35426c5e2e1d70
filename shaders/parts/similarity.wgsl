// The similarity of two samples by their squared distance: a Gaussian, or, if ball is 1, whether
// the distance is below the scale. Needs params.scale and an override ball.
fn similarity(distance: f32) -> f32 {
  if (ball == 1u) { return select(0.0, 1.0, distance < params.scale); }
  return exp(-params.scale * distance);
}
