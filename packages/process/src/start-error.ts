/** Stops the start of a program. The message is one line that tells the operator what to change; it shows no secret. */
export class StartError extends Error {}
