import { inspect } from 'node:util';
import { expect } from 'vitest';
import { SsoError, type SsoReason } from '../sso-error.ts';

/** `secrets`: texts that neither the error nor its causes may contain. */
export async function expectRefused(asked: Promise<unknown>, reason: SsoReason, secrets: string[] = []): Promise<void> {
  const error = await asked.then(
    (answer: unknown) => ({ reason: 'none', answer }),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ reason });
  expect(error).toBeInstanceOf(SsoError);
  const printed = inspect(error, { depth: Infinity, showHidden: true });
  for (const secret of secrets) expect(printed).not.toContain(secret);
}
