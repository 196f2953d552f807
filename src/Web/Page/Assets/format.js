// Numbers, times and names as people read them.

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const count = n => whole.format(n);

/** Four significant digits, and none of them for nothing. */
export function figure(value) {
  if (value == null) return '–';
  const v = Number(value); // "NaN" and "Infinity" are texts in JSON
  if (!Number.isFinite(v)) return Number.isNaN(v) ? 'NaN' : v > 0 ? '∞' : '-∞';
  const size = Math.abs(v);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return v.toExponential(2).replace('e+', 'e').replace(/\.?0+e/, 'e');
  return size >= 1000 ? whole.format(v) : String(Number(v.toPrecision(4)));
}

export const percent = v => v == null || !Number.isFinite(Number(v)) ? figure(v) : `${(100 * v).toFixed(v > 0.999 && v < 1 ? 2 : 1)} %`;

export function rate(v) {
  if (v == null) return '–';
  return v >= 1e6 ? `${(v / 1e6).toFixed(2)} M` : v >= 1e4 ? `${(v / 1e3).toFixed(1)} k` : figure(Math.round(v));
}

export function duration(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return '–';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return h > 48 ? `${Math.floor(h / 24)} d ${h % 24} h` : h > 0 ? `${h} h ${m} min` : `${m} min ${s} s`;
}

export function ago(date) {
  const seconds = (Date.now() - new Date(date)) / 1000;
  return seconds < 5 ? 'just now' : seconds < 60 ? `${Math.floor(seconds)} s ago` : seconds < 86400 * 2 ? `${duration(Math.floor(seconds))} ago` : new Date(date).toLocaleString();
}

export const bytes = n => n < 1024 ? `${n} B` : n < 1 << 20 ? `${(n / 1024).toFixed(1)} KiB` : n < 1 << 30 ? `${(n / (1 << 20)).toFixed(1)} MiB` : `${(n / (1 << 30)).toFixed(2)} GiB`;

export const isOver = job => ['completed', 'failed', 'cancelled'].includes(job.state);

const titles = {
  started: 'Started', formed: 'Silos work together', siloLost: 'A silo was lost', trouble: 'Trouble', resized: 'Silos came or left', paused: 'Paused',
  rewound: 'Went back', checkpointFailed: 'A checkpoint failed', checkpointDamaged: 'A checkpoint was damaged', slowSilo: 'A silo is slow',
  stalled: 'Everything waited', ended: 'Ended', storageFailed: 'The storage failed', stoppedEarly: 'Stopped early', resumed: 'Training goes on', standsBy: 'A silo stands by', trackingFailed: 'MLflow does not answer',
};
const bad = ['siloLost', 'trouble', 'checkpointFailed', 'checkpointDamaged', 'storageFailed', 'stalled'];
const doubtful = ['slowSilo', 'rewound', 'standsBy', 'stoppedEarly', 'paused', 'trackingFailed'];

export const eventTitle = e => titles[e.kind] ?? e.kind;
export const eventTone = e => bad.includes(e.kind) || (e.kind === 'ended' && !/^(completed|cancelled)/.test(e.message)) ? 'bad' : doubtful.includes(e.kind) ? 'doubtful' : e.kind === 'resumed' || e.kind === 'ended' ? 'good' : 'plain';
