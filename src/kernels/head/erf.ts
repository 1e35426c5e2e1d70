/**
 * The Gaussian error linear unit in float64, for the CPU twins of kernels.
 *
 * @module
 */

/**
 * The error function, within 1e-15: `2 x / sqrt(pi) exp(-x^2) sum_n (2 x^2)^n / (2n + 1)!!`, whose
 * terms are all positive (Abramowitz & Stegun 1964, equation 7.1.6).
 */
export function erf(x: number): number {
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 * x / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

/** The standard normal distribution function Phi. */
export function normalCdf(z: number): number {
  return 0.5 * (1 + erf(z * Math.SQRT1_2));
}

/** The GELU `z Phi(z)` (Hendrycks & Gimpel 2016, "Gaussian Error Linear Units"), as in PyTorch. */
export function gelu(z: number): number {
  return z * normalCdf(z);
}

/** The derivative of the GELU, `Phi(z) + z phi(z)`. */
export function geluSlope(z: number): number {
  return normalCdf(z) + z * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}
