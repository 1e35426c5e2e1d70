// How similar two samples are, from their squared distance. Needs params.scale.
override ball: u32 = 0u;

fn similarity(distance: f32) -> f32 {
  if (ball == 1u) { return select(0.0, 1.0, distance < params.scale); }
  return exp(-params.scale * distance);
}
