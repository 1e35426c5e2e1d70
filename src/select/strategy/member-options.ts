/**
 * The options `members` and `dropout`, which make several members from one head by dropout of
 * features.
 *
 * @module
 */

/** The default number of members that are made from one head. */
export const MEMBERS = 10;

/**
 * The largest number of members that are made from one head. Each costs a pass over the pool, and
 * the mean of a thousand has a standard error of 3 % of the deviation among them.
 */
export const MOST_MEMBERS = 1000;

/** The default share of the features that each member loses. */
export const DROPOUT = 0.5;

/** The option `members` of strategies that can read the mean prediction of several members. */
export const members = {
  kind: "integer",
  from: 2,
  to: MOST_MEMBERS,
  fallback: "none",
  help: "The number of members made from the head by dropout of features; their mean is read",
} as const;

/** The option `dropout` of strategies that can read the mean prediction of several members. */
export const dropout = {
  kind: "number",
  above: 0,
  below: 1,
  fallback: "0.5 if members is set",
  help: "The share of the features that each member made by dropout loses",
} as const;

/**
 * The options of strategies that read class probabilities, or the mean of those of several members.
 */
export const memberOptions = { members, dropout } as const;

/** The options of strategies that read the predictions of each of several members. */
export const severalMembersOptions = {
  /** The number of members that are made from one head. */
  members: {
    kind: "integer",
    from: 2,
    to: MOST_MEMBERS,
    default: MEMBERS,
    help: "Without an ensemble: the number of members made from the head by dropout of features",
  },
  /** The share of the features that each member loses. */
  dropout: {
    kind: "number",
    above: 0,
    below: 1,
    default: DROPOUT,
    help: "The share of the features that each member made by dropout loses",
  },
} as const;
