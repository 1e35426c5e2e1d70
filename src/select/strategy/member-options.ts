/**
 * The options of strategies that read predictions: members made of one head.
 *
 * @module
 */

/** How many members a head is made into where nothing else is asked for. */
export const MEMBERS = 10;

/** The share of features that each of them then loses. */
export const DROPOUT = 0.5;

/** How many members are made of a head, of strategies that can read the mean of members. */
export const members = {
  kind: "integer",
  from: 2,
  fallback: "none",
  help: "Make so many members of a head by dropout of features, and read their mean",
} as const;

/** The share of features that each member loses, of strategies that can read the mean of members. */
export const dropout = {
  kind: "number",
  above: 0,
  below: 1,
  fallback: "0.5 where there are members",
  help: "The share of the features that each member loses",
} as const;

/** The options of strategies that read probabilities alone, and so can read the mean of members. */
export const memberOptions = { members, dropout } as const;

/** The options of strategies that read the predictions of several members. */
export const severalMembersOptions = {
  /** How many members are made of one head. */
  members: {
    kind: "integer",
    from: 2,
    default: MEMBERS,
    help: "Without an ensemble, make so many members of a head by dropout of features",
  },
  /** The share of features that each member loses. */
  dropout: {
    kind: "number",
    above: 0,
    below: 1,
    default: DROPOUT,
    help: "The share of the features that each member loses",
  },
} as const;
