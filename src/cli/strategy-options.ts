/**
 * The options of strategies, which commands share.
 *
 * @module
 */

import {
  BAIT_SELECTS,
  type BaitSelect,
  type Weighting,
  WEIGHTINGS,
} from "../select/bait/run-bait.ts";
import { checkChoices } from "../select/check-choices.ts";
import type { StrategyChoices } from "../select/strategy.ts";
import { type Given, integerOf, numberOf, type Option, textOf } from "./command.ts";

/** What one strategy or a few of them read, besides BAIT's form. */
export const STRATEGY_OPTIONS: Readonly<Record<string, Option>> = {
  "top-classes": { value: "C", fallback: "2", help: "BAIT exp: most probable classes that count" },
  lambda: { value: "auto|NUMBER", fallback: "auto", help: "BAIT: the ridge" },
  weighting: {
    value: "NAME",
    choices: WEIGHTINGS,
    fallback: "reference",
    help: "BAIT: how labeled and chosen samples are weighted",
  },
  oversample: {
    value: "M",
    fallback: "2",
    help: "BAIT: the forward pass picks M times the budget",
  },
  select: {
    value: "HOW",
    choices: BAIT_SELECTS,
    fallback: "greedy",
    help: "BAIT: topk takes the best scores at the start",
  },
  diagonal: { help: "BAIT: diagonals in place of the information matrices" },
  rotate: { help: "base: rounds start with different classes" },
  "include-labeled": { help: "badge: labeled samples count as picks" },
  deterministic: { help: "falcun: the best sample instead of a draw" },
  gamma: {
    value: "X",
    fallback: "10 for falcun, 1 for herding",
    help: "falcun: power of the draws; herding: sharpness of the similarity",
  },
  temperature: { value: "T", fallback: "1", help: "uncertainty-herding: divides the logits" },
  delta: { value: "R", fallback: "95 % of the balls are pure", help: "prob-cover: the radius" },
  clusters: {
    value: "N",
    fallback: "one for 10 samples, at most 500",
    help: "cluster-margin: how many",
  },
  members: {
    value: "M",
    fallback: "10 for bald, variation-ratio, batch-bald; else none",
    help: "Members made of the head by dropout; others read their mean",
  },
  dropout: { value: "P", fallback: "0.5", help: "The share of features that a member loses" },
  candidates: { value: "N", help: "Choose from N random candidates (default: all)" },
  partitions: { value: "K", fallback: "1", help: "Split the candidates into K, share the budget" },
};

/**
 * Reads the options of strategies.
 *
 * @throws {InputError} if one is out of its range
 */
export function choicesOf(given: Given): StrategyChoices {
  const lambda = textOf(given, "lambda");
  const choices: StrategyChoices = {
    topClasses: integerOf(given, "top-classes"),
    lambda: lambda === undefined || lambda === "auto" ? "auto" : numberOf(given, "lambda"),
    weighting: textOf(given, "weighting") as Weighting | undefined,
    oversample: numberOf(given, "oversample"),
    select: textOf(given, "select") as BaitSelect | undefined,
    diagonal: flagOf(given, "diagonal"),
    rotate: flagOf(given, "rotate"),
    includeLabeled: flagOf(given, "include-labeled"),
    deterministic: flagOf(given, "deterministic"),
    gamma: numberOf(given, "gamma"),
    temperature: numberOf(given, "temperature"),
    delta: numberOf(given, "delta"),
    clusters: integerOf(given, "clusters"),
    members: integerOf(given, "members"),
    dropout: numberOf(given, "dropout"),
    candidates: integerOf(given, "candidates"),
    partitions: integerOf(given, "partitions"),
  };
  checkChoices(choices);
  return choices;
}

/** True where the flag is given, so that settings do not list what is not. */
function flagOf(given: Given, name: string): true | undefined {
  return given[name] === true ? true : undefined;
}
