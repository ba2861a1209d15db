/**
 * Normalizes usernames and email addresses for comparison: NFKC, without invisible characters (UAX #44), lower case.
 */
export const comparable = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase();
