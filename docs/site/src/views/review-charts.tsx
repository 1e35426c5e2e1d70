/**
 * What the labels look like together: confusion, calibration, balance, and who asked for them.
 *
 * @module
 */

import { classBalance } from "../metrics.ts";
import { text } from "../text.ts";
import type { LabelInfo, Review } from "../worker/protocol.ts";

/** The confusion matrix as a table whose cells are darker for larger shares of their row. */
export function Confusion({ review, classes }: { review: Review; classes: readonly string[] }) {
  const { confusion, onHeldOut } = review;
  const K = classes.length;
  const at = (truth: number, predicted: number) => confusion[truth * K + predicted] ?? 0;
  return (
    <figure class="card">
      <figcaption>
        <h2>{text.confusionTitle}</h2>
        <p class="hint">{onHeldOut ? text.onHeldOut : text.onLabeled}</p>
      </figcaption>
      <div class="scroll" tabIndex={0} role="group" aria-label={text.confusionTitle}>
        <table class="confusion">
          <thead>
            <tr>
              <th scope="col">{text.trueAndPredicted}</th>
              {classes.map((name) => <th key={name} scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {classes.map((name, truth) => {
              const total = classes.reduce((sum, _, predicted) => sum + at(truth, predicted), 0);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {classes.map((other, predicted) => {
                    const count = at(truth, predicted);
                    return (
                      <td
                        key={other}
                        class={truth === predicted ? "right" : "wrong"}
                        style={{ "--share": String(total > 0 ? count / total : 0) }}
                      >
                        {count || ""}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** How often the head is right, by how sure it is. */
export function Calibration({ review }: { review: Review }) {
  const bins = review.calibration.filter(({ count }) => count > 0);
  return (
    <figure class="card">
      <figcaption>
        <h2>{text.calibrationTitle}</h2>
        <p class="hint">{text.calibrationHint(review.calibrationError)}</p>
      </figcaption>
      <svg
        class="calibration"
        viewBox="-12 -4 116 116"
        role="img"
        aria-label={text.calibrationTitle}
      >
        <path class="frame" d="M0 0V100H100" />
        <path class="ideal" d="M0 100 100 0" />
        <path
          class="real"
          d={bins.map(({ confidence, accuracy }, i) =>
            `${i === 0 ? "M" : "L"}${100 * confidence} ${100 - 100 * accuracy}`
          ).join("")}
        />
        {bins.map(({ confidence, accuracy, count }) => (
          <circle
            key={confidence}
            cx={100 * confidence}
            cy={100 - 100 * accuracy}
            r={1.2 + Math.min(3, Math.sqrt(count) / 5)}
          />
        ))}
        <text x="50" y="110">{text.confidence}</text>
        <text x="-50" y="-4" transform="rotate(-90)">{text.share}</text>
      </svg>
    </figure>
  );
}

interface LabelsProps {
  readonly labels: readonly LabelInfo[];
  readonly classes: readonly string[];
}

/** The number of labels of each class. */
export function Balance({ labels, classes }: LabelsProps) {
  const { counts } = classBalance(labels.map(({ label }) => label), classes.length);
  return (
    <Bars
      title={text.balanceTitle}
      bars={classes.map((name, at) => ({ name, count: counts[at]! }))}
    />
  );
}

/** The number of labels that each strategy asked for. */
export function Origins({ labels }: { labels: readonly LabelInfo[] }) {
  const counts = new Map<string, number>();
  for (const { strategy = text.person } of labels) {
    counts.set(strategy, (counts.get(strategy) ?? 0) + 1);
  }
  return (
    <Bars
      title={text.originsTitle}
      bars={[...counts].map(([name, count]) => ({ name, count }))}
    />
  );
}

interface BarsProps {
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly count: number }[];
}

function Bars({ title, bars }: BarsProps) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <figure class="card">
      <figcaption>
        <h2>{title}</h2>
      </figcaption>
      <dl class="bars">
        {bars.map(({ name, count }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd style={{ "--share": String(count / most) }}>{count}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}
