/**
 * The page where labels are looked at again, with the opinion of the head.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";
import { fail, relabel, theEngine } from "../state/actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import type { Opinion, Review } from "../worker/protocol.ts";
import { Balance, Calibration, Confusion, Origins } from "./review-charts.tsx";
import { SampleImage } from "./sample-image.tsx";

/** The number of samples that are shown at first, and that each press of the button adds. */
const PAGE = 24;

/** The page. */
export function ReviewView() {
  const [review, setReview] = useState<Review | undefined>(undefined);
  const [shown, setShown] = useState(PAGE);
  const labels = store.snapshot.value.labels;
  useEffect(() => {
    let gone = false;
    theEngine().review().then((found) => gone || setReview(found), fail);
    return () => gone = true;
  }, [labels]);
  if (labels.length === 0) {
    return (
      <section class="state">
        <h2>{text.reviewEmpty}</h2>
        <p>{text.savesFirst}</p>
      </section>
    );
  }
  if (!review) return <p class="state" role="status">{text.reviewing}</p>;
  const classes = store.classes.value;
  return (
    <div class="review-view">
      <section>
        <div class="batch-head">
          <h2>{text.reviewTitle}</h2>
          <p>{text.reviewHint}</p>
        </div>
        <ul class="opinions">
          {review.opinions.slice(0, shown).map((opinion) => (
            <Doubt key={opinion.row} opinion={opinion} classes={classes} />
          ))}
        </ul>
        {review.opinions.length > shown && (
          <button
            type="button"
            onClick={() => setShown(shown + PAGE)}
          >
            {text.more}
          </button>
        )}
      </section>
      <aside class="charts">
        <Confusion review={review} classes={classes} />
        <Calibration review={review} />
        <Balance labels={labels} classes={classes} />
        <Origins labels={labels} />
      </aside>
    </div>
  );
}

/** A labeled sample with what the head thinks of it. */
function Doubt({ opinion, classes }: { opinion: Opinion; classes: readonly string[] }) {
  const { row, label, predicted, agreement, round, strategy } = opinion;
  const agrees = predicted === label;
  return (
    <li class="opinion" data-agrees={agrees} data-row={row} data-label={label}>
      <div class="thumb">
        <SampleImage row={row} />
      </div>
      <label>
        <span class="hidden">{text.classOf(row)}</span>
        <select
          value={String(label)}
          onChange={({ currentTarget }) => void relabel(row, Number(currentTarget.value))}
        >
          {classes.map((name, at) => <option key={name} value={String(at)}>{name}</option>)}
        </select>
      </label>
      <p>
        {agrees ? text.agrees(agreement) : text.disagrees(classes[predicted]!, agreement)}
        <span class="hint">{text.askedBy(strategy, round)}</span>
      </p>
      {!agrees && (
        <button type="button" onClick={() => void relabel(row, predicted)}>
          {text.accept(classes[predicted]!)}
        </button>
      )}
    </li>
  );
}
