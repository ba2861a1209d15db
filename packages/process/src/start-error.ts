/** Prevents the start of a program. The message is one line that tells the operator what to change, without secrets. */
export class StartError extends Error {}
