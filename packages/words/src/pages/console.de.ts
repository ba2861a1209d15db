import type { ConsoleTexts } from './console.en.ts';

export const consoleTexts: ConsoleTexts = {
  name: 'Gatehouse-Konsole',
  token: 'Admin-Token',
  byToken: 'Mit einem Admin-Token anmelden',
  tokenText: 'Für den ersten Operator und für Notfälle. Die Sitzung endet mit dem Token.',
  invalidLogin: 'Die E-Mail-Adresse oder das Passwort ist falsch.',
  disabled: 'Ihr Operator-Konto ist deaktiviert. Bitten Sie jemanden mit der Rolle „owner“, es zu aktivieren.',
  invalidToken: 'Dieses Token ist ungültig, oder es ist kein Admin-Token.',
  signedIn: (name) => `Angemeldet als ${name}`,
};
