// Calls of the API, and whether anybody answers.

const patience = 6000;
let listeners = [];
let silent = false;
let locked = () => {};

/** Told whether a silo answers, whenever that changes. */
export const onSilence = listener => listeners.push(listener);

/** Told whenever the cluster asks for a token. */
export const onLocked = listener => { locked = listener; };

function answered(yes) {
  if (silent === yes) {
    silent = !yes;
    listeners.forEach(l => l(silent));
  }
}

async function call(path, options) {
  let answer;
  try {
    answer = await fetch(path, { ...options, signal: AbortSignal.timeout(patience) });
  } catch (e) {
    answered(false);
    throw new Error('No silo answers at this address.', { cause: e });
  }
  answered(true);
  if (answer.ok) return answer.json();
  if (answer.status === 401) locked();
  const problem = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? `${answer.status} ${answer.statusText}`), { status: answer.status });
}

const of = job => `/api/v1/jobs/${encodeURIComponent(job)}`;

export const cluster = () => call('/api/v1/cluster');
export const silos = () => call('/api/v1/silos');
export const jobs = () => call('/api/v1/jobs');
export const job = id => call(of(id));
export const goodput = id => call(`${of(id)}/goodput`);
export const activity = id => call(`${of(id)}/activity`);
export const change = (id, what) => call(`${of(id)}/${what}`, { method: 'POST' });

/** Has this browser keep a token, in a cookie that no script can read. */
export const login = token => call('/api/v1/login', { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
export const logout = () => fetch('/api/v1/logout', { method: 'POST', signal: AbortSignal.timeout(patience) });
export const whoami = () => call('/api/v1/whoami');

/** A job's figures by column, as numbers; null where there is none. */
export async function metrics(id, points) {
  const series = await call(`${of(id)}/metrics?points=${points}`);
  for (const [name, column] of Object.entries(series)) {
    if (Array.isArray(column)) series[name] = column.map(v => v === null ? null : Number(v)); // "NaN" is a text in JSON
  }
  return series;
}

/** A job's stream: opened again where it breaks off or falls silent, from the last event on. Returns what ends it. */
export function stream(id, { status, event, end }) {
  let [source, last, timer, over] = [null, '', null, false];
  // Browsers allow few connections to an address: a tab that nobody sees holds none.
  const seen = () => {
    if (document.hidden) {
      clearTimeout(timer);
      source?.close();
    } else {
      open();
    }
  };
  const heard = () => {
    answered(true);
    clearTimeout(timer);
    timer = setTimeout(open, patience);
  };
  function open() {
    source?.close();
    clearTimeout(timer);
    if (over || document.hidden) return;
    source = new EventSource(`${of(id)}/events/stream?after=${encodeURIComponent(last)}`);
    source.addEventListener('alive', heard);
    source.addEventListener('status', e => { heard(); status(JSON.parse(e.data)); });
    source.addEventListener('event', e => { heard(); last = e.lastEventId; event(JSON.parse(e.data)); });
    source.addEventListener('end', e => { close(); end(JSON.parse(e.data)); });
    source.onerror = () => {
      source.close();
      clearTimeout(timer);
      timer = setTimeout(open, 1000);
      fetch('/api/v1/cluster', { signal: AbortSignal.timeout(patience) }).then(answer => {
        answered(true);
        if (answer.status === 401) locked();
      }, () => answered(false));
    };
    timer = setTimeout(open, 2 * patience);
  }
  function close() {
    over = true;
    clearTimeout(timer);
    source?.close();
    document.removeEventListener('visibilitychange', seen);
  }
  document.addEventListener('visibilitychange', seen);
  open();
  return close;
}
