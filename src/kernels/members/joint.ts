/**
 * What the kernels of joint classes share. The joint classes of a batch under several members are
 * kept as configurations: class 3 of the first sample and class 0 of the second, say. Of each the
 * kernels know the probability, `shares` `[stride]`, and how probable the members are once those
 * classes are known, `weights` `[members, stride]`; what is beyond the number of configurations
 * is 0. Posteriors, unlike products of probabilities, do not vanish in long batches.
 *
 * @module
 */

/** Stands for a probability of 0 as a divisor. */
export const LEAST = 1e-37;
