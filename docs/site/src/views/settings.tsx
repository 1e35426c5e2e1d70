/**
 * The settings of a project: its name, its classes, and how batches are chosen. The form of a
 * strategy follows from the table of its options.
 *
 * @module
 */

import type { OptionDeclaration } from "../creel.ts";
import { useEffect, useState } from "preact/hooks";
import { theEngine } from "../state/actions.ts";
import { configure } from "../state/project-actions.ts";
import * as store from "../state/store.ts";
import { text } from "../text.ts";
import type { InitialBatch } from "../worker/protocol.ts";
import type { StrategyCard } from "../worker/strategies.ts";
import { partsOf, textOf } from "../state/strategy-text.ts";

const INITIAL: readonly InitialBatch[] = ["bait", "typiclust", "max-herding", "random"];

/** The form. */
export function Settings() {
  const project = store.opened.value?.project;
  const [strategy, setStrategy] = useState(project?.strategy ?? "");
  if (!project) return null;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    void configure({
      name: field("name") || project.name,
      classes: field("classes").split("\n").map((line) => line.trim()).filter(Boolean),
      strategy,
      initial: field("initial") as InitialBatch,
      budget: Math.max(1, Math.round(Number(field("budget")) || project.budget)),
    });
  };
  return (
    <form class="card settings" onSubmit={submit}>
      <h2>{text.settingsTitle}</h2>
      <label>
        {text.fields.name}
        <input name="name" defaultValue={project.name} required />
      </label>
      <label>
        {text.fields.classes}
        <textarea
          name="classes"
          rows={Math.min(10, project.classes.length + 1)}
          defaultValue={project.classes.join("\n")}
        />
      </label>
      <StrategyFields strategy={strategy} onChange={setStrategy} />
      <label>
        {text.fields.initial}
        <select name="initial" defaultValue={project.initial}>
          {INITIAL.map((kind) => <option key={kind} value={kind}>{text.initial[kind]}</option>)}
        </select>
      </label>
      <label>
        {text.fields.budget}
        <input name="budget" type="number" min="1" max="1000" defaultValue={project.budget} />
      </label>
      <button type="submit" class="primary">{text.apply}</button>
    </form>
  );
}

interface StrategyFieldsProps {
  readonly strategy: string;
  readonly onChange: (strategy: string) => void;
}

function StrategyFields({ strategy, onChange }: StrategyFieldsProps) {
  const [cards, setCards] = useState<readonly StrategyCard[]>([]);
  useEffect(() => void theEngine().strategies().then(setCards), []);
  const { name, options } = partsOf(strategy);
  const card = cards.find((one) => one.name === name);
  const set = (option: string, value: string) =>
    onChange(textOf(name, { ...options, [option]: value }));
  return (
    <>
      <label>
        {text.fields.strategy}
        <select value={name} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          <option value="">{text.automatic}</option>
          {cards.map((one) => <option key={one.name} value={one.name}>{one.name}</option>)}
        </select>
      </label>
      <p class="hint">{card?.summary ?? text.automaticHint}</p>
      {card &&
        Object.entries(card.options).map(([option, declared]) => (
          <label key={`${name} ${option}`}>
            {option}
            <OptionField
              declared={declared}
              value={options[option] ?? ""}
              onChange={(value) => set(option, value)}
            />
            <span class="hint">{declared.help}</span>
          </label>
        ))}
    </>
  );
}

interface OptionFieldProps {
  readonly declared: OptionDeclaration;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function OptionField({ declared, value, onChange }: OptionFieldProps) {
  const { kind } = declared;
  if (kind === "flag" || kind === "choice") {
    const choices = kind === "flag" ? ["true", "false"] : declared.choices;
    return (
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{text.byDefault(defaultOf(declared))}</option>
        {choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
      </select>
    );
  }
  return (
    <input
      value={value}
      inputMode="decimal"
      placeholder={text.byDefault(defaultOf(declared))}
      onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
    />
  );
}

function defaultOf(declared: OptionDeclaration): string {
  if (declared.fallback !== undefined) return declared.fallback;
  return declared.kind === "flag" ? "false" : String(declared.default ?? "");
}
