/**
 * The joint classes of a batch under several members, for the kernels of this folder. They are
 * represented by configurations, for example class 3 of the first sample and class 0 of the second.
 * `shares` `[stride]` are the probabilities of the configurations, and `weights`
 * `[members, stride]` the posteriors of the members given a configuration; elements beyond the
 * number of configurations are 0. Posteriors, unlike products of probabilities, do not underflow
 * in long batches.
 *
 * @module
 */

/** The divisor that replaces a probability of 0. */
export const LEAST_PROBABILITY = 1e-37;
