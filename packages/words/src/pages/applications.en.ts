import { counted } from './counted.en.ts';

/** The texts of the pages for applications, keys and subscriptions. */
export const applications = {
  applications: {
    title: 'Applications',
    text: 'An application has keys and subscribes to the APIs it calls.',
    createHeading: 'New application',
    create: 'Create application',
  },
  application: {
    all: 'All applications',
    delete: 'Delete application',
    deleteText: (name: string, keys: number, subscriptions: number) =>
      `This deletes ${name}, with ${counted(keys, 'key', 'keys')} and ${counted(subscriptions, 'subscription', 'subscriptions')}. The keys stop working immediately.`,
  },
  keys: {
    heading: 'Keys and passwords',
    none: 'No keys yet.',
    begins: 'Begins with',
    kind: 'Kind',
    kinds: { 'key-auth': 'Key', 'basic-auth': 'Username and password', oauth: 'OAuth' },
    lastUsed: 'Last used',
    expires: 'Expires',
    createHeading: 'New key',
    create: 'Create key',
    loginHeading: 'New username and password',
    loginText: 'For APIs that require a username and password instead of a key.',
    createLogin: 'Create username and password',
    terms: new Map([
      ['never', 'Never'],
      ['30', 'In 30 days'],
      ['90', 'In 90 days'],
      ['365', 'In a year'],
    ]),
    regenerate: 'Replace',
    regenerateText:
      'You get a new key. Choose how long the old key keeps working, so that you can switch without an outage.',
    overlap: 'The old key stops working',
    overlaps: new Map([
      ['0', 'Immediately'],
      ['3600', 'In an hour'],
      ['86400', 'In 24 hours'],
    ]),
    regenerateSubmit: 'Replace key',
    delete: 'Delete',
    deleteText: 'Anything still using it will be rejected.',
    deleteSubmit: 'Delete permanently',
  },
  newSecret: {
    title: 'Your new key',
    text: 'Copy this key now. We show it only once.',
    copy: 'Click the key to select all of it.',
    back: 'I’ve copied it',
    goneTitle: 'This key was already shown',
    goneText: 'We show a key only once. If you did not copy it, replace it on the application page.',
    goneBack: 'Back to the application',
  },
  subscriptions: {
    heading: 'Subscriptions',
    none: 'Not subscribed to any API yet.',
    status: 'Status',
    statuses: { subscribed: 'Subscribed', wait_for_approval: 'Awaiting approval' },
    waiting: 'The portal’s team reviews each request that is awaiting approval. We’ll email you the decision.',
    askHeading: 'Subscribe to an API',
    ask: 'Subscribe',
    nothingLeft: 'No other APIs are available.',
    remove: 'Unsubscribe',
    removeText: 'The application’s keys will stop working for this API immediately.',
    removeSubmit: 'End subscription',
  },
};

export type ApplicationTexts = typeof applications;
