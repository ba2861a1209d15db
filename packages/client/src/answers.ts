import type { GatehouseClientOptions } from './client.ts';
import { ForeignAnswer } from './errors.ts';

/** A `fetch` that throws a `ForeignAnswer` if the response is not from the service, such as the page of a proxy. */
export function onlyAnswers(options: Pick<GatehouseClientOptions, 'fetch' | 'credentials'>): typeof fetch {
  const { credentials } = options;
  return async (input, init) => {
    const request = { ...init, ...(credentials === undefined ? {} : { credentials }) };
    const response = await (options.fetch ?? fetch)(input, request);
    const answer = parsed(await response.text());
    if (!isOfService(answer)) throw new ForeignAnswer(response, answer);
    return Object.assign(response, { json: () => Promise.resolve(answer) });
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** tRPC answers a call with `result` or `error`, and a batch with a list of these. */
const isOfService = (answer: unknown): boolean =>
  Array.isArray(answer)
    ? answer.every(isOfService)
    : typeof answer === 'object' && answer !== null && ('result' in answer || isObject(Reflect.get(answer, 'error')));

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
