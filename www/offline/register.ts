import { scriptAddress } from '../policy/trusted.ts';

/** After the page stands, so that keeping files does not delay it. Without service workers the page works the same, online. */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = () =>
    void navigator.serviceWorker.register(scriptAddress('./sw.js')).catch(() => undefined);
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
