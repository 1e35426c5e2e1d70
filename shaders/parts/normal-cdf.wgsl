// The standard normal distribution function, within 1e-7 (Abramowitz & Stegun 1964, 7.1.26).
fn normalCdf(v: f32) -> f32 {
  let x = min(abs(v) * 0.70710678, 9.0);
  let t = 1.0 / (1.0 + 0.3275911 * x);
  let poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 +
    t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * poly * exp(-x * x);
  return select(tail, 1.0 - tail, v >= 0.0);
}
