/** A connection that was not made. The message names the host and can be shown to admins. */
export class EgressError extends Error {
  readonly reason: 'unreachable' | 'address_not_allowed';

  constructor(reason: EgressError['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'EgressError';
    this.reason = reason;
  }
}
