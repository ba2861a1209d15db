/** The version of this service and of its API. */
export const VERSION = '1.0.0';
