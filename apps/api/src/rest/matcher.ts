import { GatehouseError } from '@gatehouse/contract/errors';

type Place<T> = { literals: Map<string, Place<T>>; parameter: Place<T> | null; found: T | null };
export type Match<T> = { found: T; params: string[] };

const newPlace = <T>(): Place<T> => ({ literals: new Map(), parameter: null, found: null });

/** Finds what belongs to a path among templates such as `/portals/{portal_id}`. A literal segment goes before a parameter. */
export function createMatcher<T>(entries: Iterable<readonly [template: string, found: T]>) {
  const root = newPlace<T>();
  for (const [template, found] of entries) {
    let place = root;
    for (const segment of template.split('/')) place = inside(place, segment);
    place.found = found;
  }
  return (path: string): Match<T> | null => search(root, path.split('/'), []);
}

function inside<T>(place: Place<T>, segment: string): Place<T> {
  if (segment.startsWith('{')) return (place.parameter ??= newPlace());
  const next = place.literals.get(segment) ?? newPlace();
  place.literals.set(segment, next);
  return next;
}

function search<T>(place: Place<T>, segments: readonly string[], params: string[]): Match<T> | null {
  const [segment, ...rest] = segments;
  if (segment === undefined) return place.found === null ? null : { found: place.found, params };
  const literal = place.literals.get(segment);
  const match = literal ? search(literal, rest, params) : null;
  if (match || segment === '' || !place.parameter) return match;
  return search(place.parameter, rest, [...params, decoded(segment)]);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new GatehouseError('malformed_request', 'The path has an invalid percent-encoding.', { cause });
  }
}
