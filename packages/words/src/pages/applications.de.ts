import { counted } from './counted.de.ts';
import type { ApplicationTexts } from './applications.en.ts';

export const applications: ApplicationTexts = {
  applications: {
    title: 'Anwendungen',
    text: 'Eine Anwendung hat Schlüssel und abonniert die APIs, die sie aufruft.',
    createHeading: 'Neue Anwendung',
    create: 'Anwendung erstellen',
  },
  application: {
    all: 'Alle Anwendungen',
    delete: 'Anwendung löschen',
    deleteText: (name, keys, subscriptions) =>
      `${name} wird gelöscht, mit ${counted(keys, 'einem Schlüssel', 'Schlüsseln')} und ${counted(subscriptions, 'einem Abonnement', 'Abonnements')}. Die Schlüssel gelten sofort nicht mehr.`,
  },
  keys: {
    heading: 'Schlüssel und Passwörter',
    none: 'Noch keine Schlüssel.',
    begins: 'Beginnt mit',
    kind: 'Art',
    kinds: { 'key-auth': 'Schlüssel', 'basic-auth': 'Benutzername und Passwort', oauth: 'OAuth' },
    lastUsed: 'Zuletzt benutzt',
    expires: 'Läuft ab',
    createHeading: 'Neuer Schlüssel',
    create: 'Schlüssel erstellen',
    loginHeading: 'Neuer Benutzername mit Passwort',
    loginText: 'Für APIs, die statt eines Schlüssels Benutzername und Passwort verlangen.',
    createLogin: 'Benutzername und Passwort erstellen',
    terms: new Map([
      ['never', 'Nie'],
      ['30', 'In 30 Tagen'],
      ['90', 'In 90 Tagen'],
      ['365', 'In einem Jahr'],
    ]),
    regenerate: 'Ersetzen',
    regenerateText: 'Sie erhalten einen neuen Schlüssel und wählen, wie lange der alte noch gilt.',
    overlap: 'Der alte Schlüssel gilt noch',
    overlaps: new Map([
      ['0', 'Gar nicht mehr'],
      ['3600', 'Eine Stunde'],
      ['86400', '24 Stunden'],
    ]),
    regenerateSubmit: 'Schlüssel ersetzen',
    delete: 'Löschen',
    deleteText: 'Alles, was ihn noch verwendet, wird abgewiesen.',
    deleteSubmit: 'Endgültig löschen',
  },
  newSecret: {
    title: 'Ihr neuer Schlüssel',
    text: 'Kopieren Sie diesen Schlüssel jetzt. Wir zeigen ihn nur einmal an.',
    copy: 'Klicken Sie auf den Schlüssel, um ihn ganz zu markieren.',
    back: 'Ich habe ihn kopiert',
    goneTitle: 'Dieser Schlüssel wurde schon gezeigt',
    goneText:
      'Wir zeigen einen Schlüssel nur einmal an. Wenn Sie ihn nicht kopiert haben, ersetzen Sie ihn auf der Seite der Anwendung.',
    goneBack: 'Zurück zur Anwendung',
  },
  subscriptions: {
    heading: 'Abonnements',
    none: 'Noch keine API abonniert.',
    status: 'Status',
    statuses: { subscribed: 'Abonniert', wait_for_approval: 'Wird geprüft' },
    waiting: 'Das Team des Portals prüft jede offene Anfrage. Wir teilen Ihnen die Entscheidung per E-Mail mit.',
    askHeading: 'API abonnieren',
    ask: 'Abonnieren',
    nothingLeft: 'Es sind keine weiteren APIs verfügbar.',
    remove: 'Beenden',
    removeText: 'Die Schlüssel der Anwendung gelten für diese API sofort nicht mehr.',
    removeSubmit: 'Abonnement beenden',
  },
};
