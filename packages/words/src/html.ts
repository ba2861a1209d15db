const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Null renders as nothing. */
type Part = Html | string | number | null | readonly Part[];

/** Markup that is safe to send: the only way to make it from a text escapes the text. */
export class Html {
  readonly #markup: string;

  constructor(template: TemplateStringsArray, parts: readonly Part[]) {
    this.#markup = String.raw({ raw: template }, ...parts.map(markupOf));
  }

  toString(): string {
    return this.#markup;
  }
}

/** Escapes every part, for text between tags and for attributes in double quotes. */
export const html = (template: TemplateStringsArray, ...parts: Part[]): Html => new Html(template, parts);

function markupOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'string' || typeof part === 'number')
    return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  return part.map(markupOf).join('');
}
