import { asSentence } from '@gatehouse/contract/errors';
import { formatMinutes, formatNumber } from '../format.ts';
import type { PageTexts } from './en.ts';
import { accounts } from './accounts.de.ts';
import { applications } from './applications.de.ts';
import { consoleTexts } from './console.de.ts';
import { problems } from './problems.de.ts';

const number = (value: number): string => formatNumber('de', value);

export const de: PageTexts = {
  skip: 'Zum Inhalt springen',
  site: {
    title: 'Gatehouse',
    text: 'Dieser Dienst verwaltet die Entwicklerinnen und Entwickler eines oder mehrerer API-Portale und deren API-Schlüssel.',
    portals: 'Portale',
    noPortals: 'Noch ist kein Portal für Besucher geöffnet.',
    portalsAway: 'Die Portale können gerade nicht angezeigt werden. Bitte versuchen Sie es in Kürze noch einmal.',
    service: 'Für Entwicklung und Betrieb',
    docs: 'API-Dokumentation',
    openapi: 'OpenAPI-Dokument',
    queues: 'Übersicht der Warteschlangen',
    live: 'Prüfung: Läuft der Prozess?',
    ready: 'Prüfung: Ist der Dienst bereit?',
    version: (version) => `Version ${version}`,
  },
  nav: {
    label: 'Konto',
    home: 'Übersicht',
    applications: 'Anwendungen',
    account: 'Profil',
    sessions: 'Sitzungen',
    password: 'Passwort',
    signOut: 'Abmelden',
  },
  optional: '(optional)',
  pages: 'Seitennavigation',
  previous: 'Zurück',
  next: 'Weiter',
  more: (count) => `${number(count)} weitere werden hier nicht angezeigt. Über die API können Sie alle auflisten.`,
  never: 'Nie',
  created: 'Erstellt',
  actions: 'Aktionen',
  cannotUndo: 'Dies kann nicht rückgängig gemacht werden.',

  errorTitle: 'Fehler',
  problemHeading: 'Das hat nicht geklappt',
  checkFields: 'Bitte korrigieren Sie die unten markierten Felder.',
  tooMany: (minutes) => `Zu viele Versuche. Bitte versuchen Sie es in ${formatMinutes('de', minutes)} noch einmal.`,
  suspended: (reason, supportEmail) =>
    [
      'Ihr Konto ist gesperrt.',
      ...(reason === null ? [] : [`Grund: ${asSentence(reason)}`]),
      ...(supportEmail === null ? [] : [`Bei Fragen wenden Sie sich an ${supportEmail}.`]),
    ].join(' '),
  notFound: { title: 'Seite nicht gefunden', text: 'Diese Seite wurde nicht gefunden.' },
  failed: { title: 'Das hat nicht geklappt', text: 'Bitte gehen Sie zurück und versuchen Sie es noch einmal.' },
  requestId: (id) => `Bitte nennen Sie dem Support diese Kennung: ${id}`,
  problems,
  rules: new Map([
    ['invalid_type', 'Dieses Feld ist erforderlich.'],
    ['username/invalid_input', 'Ein Benutzername mit @ muss Ihre E-Mail-Adresse sein.'],
    ['invalid_input', 'Diese Eingabe ist hier nicht möglich.'],
    ['too_small', 'Die Eingabe ist zu kurz.'],
    ['too_big', 'Die Eingabe ist zu lang.'],
    ['invalid_format', 'Die Eingabe hat nicht das richtige Format.'],
  ]),
  done: {
    registered:
      'Danke für Ihre Registrierung. Wir haben Ihnen eine E-Mail mit einem Link geschickt, mit dem Sie Ihre Adresse bestätigen.',
    invite_accepted: 'Willkommen! Ihr Passwort ist festgelegt, und Sie sind angemeldet.',
    verified: 'Ihre E-Mail-Adresse ist bestätigt.',
    link_mailed: 'Wenn ein Konto mit dieser Adresse besteht, haben wir eine E-Mail mit einem Link dorthin geschickt.',
    password_set: 'Ihr Passwort wurde geändert. Melden Sie sich mit dem neuen an.',
    password_changed: 'Ihr Passwort wurde geändert. Auf allen anderen Geräten sind Sie abgemeldet.',
    signed_out: 'Sie sind abgemeldet.',
    session_ended: 'Das Gerät ist abgemeldet.',
    saved: 'Ihre Änderungen wurden gespeichert.',
    email_saved:
      'Wir haben einen Bestätigungslink an die neue Adresse geschickt. Ihr Konto verwendet sie, sobald Sie den Link öffnen.',
    confirmation_mailed: 'Wir haben den Bestätigungslink noch einmal geschickt.',
    email_kept: 'Änderung abgebrochen. Ihre E-Mail-Adresse bleibt, wie sie ist.',
    email_restored:
      'Ihre E-Mail-Adresse ist wiederhergestellt, und Sie sind überall abgemeldet. Vielleicht kennt jemand Ihr Passwort. Fordern Sie deshalb einen Link an, um ein neues festzulegen.',
    deleted: 'Ihr Konto wurde gelöscht.',
    application_created: 'Die Anwendung wurde erstellt.',
    application_deleted: 'Die Anwendung wurde gelöscht.',
    login_created: 'Benutzername und Passwort wurden erstellt. Sie gelten ab sofort.',
    key_deleted: 'Der Schlüssel wurde gelöscht. Er gilt nicht mehr.',
    subscribed: 'Die Anwendung hat die API abonniert.',
    subscription_asked: 'Ihre Anfrage wurde gesendet. Wir teilen Ihnen die Entscheidung per E-Mail mit.',
    subscription_removed: 'Das Abonnement wurde beendet.',
  },

  fields: {
    username: 'Benutzername',
    new_username: 'Neuer Benutzername',
    email: 'E-Mail',
    locale: 'Sprache unserer E-Mails',
    name: 'Name',
    desc: 'Beschreibung',
    password: 'Passwort',
    current_password: 'Bisheriges Passwort',
    new_password: 'Neues Passwort',
    api_product_id: 'API',
    'basic-auth/username': 'Benutzername',
    'basic-auth/password': 'Passwort',
  },
  passwordHint: (minimum) =>
    `Mindestens ${number(minimum)} Zeichen. Mehrere Wörter ohne Zusammenhang ergeben ein gutes Passwort.`,
  console: consoleTexts,
  ...accounts,
  ...applications,
};
