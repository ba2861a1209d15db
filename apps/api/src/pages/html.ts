const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** What may stand in a template; null is nothing. */
type Part = Html | string | number | null | readonly Part[];

/** Markup that is safe to send. There is no way to make it of a text but to have it escaped. */
export class Html {
  readonly #markup: string;

  constructor(template: TemplateStringsArray, parts: readonly Part[]) {
    this.#markup = String.raw({ raw: template }, ...parts.map(markupOf));
  }

  toString(): string {
    return this.#markup;
  }
}

/** For text between tags, and for attributes, which must stand in double quotes. */
export const html = (template: TemplateStringsArray, ...parts: Part[]): Html => new Html(template, parts);

function markupOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'string' || typeof part === 'number')
    return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  return part.map(markupOf).join('');
}
