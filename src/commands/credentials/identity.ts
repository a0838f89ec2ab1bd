// Who the user is where no server says so.

/** The nickname in dataset names: as set, else made of the account's name, letters and digits only. */
export function nicknameOf(setting: string | undefined, userName: string): string {
  if (setting !== undefined) return setting;
  const letters = userName.replace(/[^A-Za-z0-9]/g, '');
  return letters === '' ? 'me' : letters;
}

/** The name that PanDA shows for an account: each word begins with a capital letter, as its clients and servers write it. */
export function displayName(userName: string): string {
  return userName.replace(/\S+/g, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`);
}
