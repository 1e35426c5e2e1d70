/**
 * What the pages share that commands write.
 *
 * @module
 */

/** The style of a page, light or dark as its figures are (`svg.ts`). */
export const PAGE_STYLE = `  :root { color-scheme: light dark }
  body { font: 16px/1.5 sans-serif; margin: 2em auto; padding: 0 1em; color: #222 }
  svg { max-width: 100%; height: auto }
  table { border-collapse: collapse; margin: 1em 0 }
  th, td { text-align: right; border-bottom: 1px solid #ddd }
  th:first-child { text-align: left }
  @media (prefers-color-scheme: dark) {
    body { background: #0d1117; color: #e6edf3 }
    th, td { border-color: #30363d }
  }`;

/** A text as it stands in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
