// API v1 `system`: is the server there, and whom does it take me for.
import { method, type Method } from './method.ts';
import { succeeded } from './outcome.ts';

export const systemMethods: Readonly<Record<string, Method>> = {
  is_alive: method('GET', {}, () => succeeded()),
  get_attributes: method('GET', {}, (_values, { userName, nickname }) => {
    const environment = {
      PANDA_OIDC_CLAIM_name: userName,
      PANDA_OIDC_CLAIM_preferred_username: nickname,
      SSL_CLIENT_S_DN: `${userName}/CN=nickname:${nickname}`,
    };
    const lines = Object.entries(environment).map(([name, value]) => `${name} : ${value}\n`);
    return succeeded(
      { parameters: {}, environment },
      `===== param =====\n\n\n====== env ======\n${lines.join('')}`,
    );
  }),
};
