// Who the user is where no server says so.

/** The nickname in dataset names: as set, else made of the account's name, letters and digits only. */
export function nicknameOf(setting: string | undefined, userName: string): string {
  if (setting !== undefined) return setting;
  const letters = userName.replace(/[^A-Za-z0-9]/g, '');
  return letters === '' ? 'me' : letters;
}
