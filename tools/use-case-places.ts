import { basename, dirname } from 'node:path';

const NAME = /\b(?:command|query)\(\{\s*name: '(\w+)\.(\w+)'/g;

/** Reports the use-cases in a file of core that belong elsewhere: `nouns.verb` belongs in `noun/verb-noun.ts`. */
export function misplacedUseCases(file: string, source: string): string[] {
  return [...source.matchAll(NAME)].flatMap(([, nouns = '', action = '']) => {
    const plural = kebab(nouns);
    const noun = singular(plural);
    const words = basename(file, '.ts').split(`-${plural}`).join('').split(`-${noun}`).join('');
    const folder = basename(dirname(file));
    const fits = [noun, plural].includes(folder) && words === kebab(action);
    return fits
      ? []
      : [`${file}: ${nouns}.${action} belongs in ${noun}/${kebab(action)}.ts, with or without the noun.`];
  });
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const singular = (plural: string): string => plural.replace(/s$/, '');
