// The arithmetic of a chart: smoothing, round numbers for its axes, least and greatest values.

/** Exponential smoothing without a bias towards the start; gaps stay gaps. */
export function smooth(values, weight) {
  let [sum, norm] = [0, 0];
  return values.map(v => {
    if (v == null || !Number.isFinite(v)) return v;
    [sum, norm] = [sum * weight + (1 - weight) * v, norm * weight + (1 - weight)];
    return sum / norm;
  });
}

/** Round numbers that cover a range, about so many. */
export function ticks(low, high, about) {
  const raw = (high - low) / about;
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find(m => m * power >= raw) * power;
  const out = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) out.push(Number((i * step).toPrecision(12)));
  return out;
}

/** Powers of ten, and what is between them where there are few. */
export function logTicks(low, high) {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const among = to - from <= 1 ? [1, 2, 3, 4, 5, 7] : to - from <= 3 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((to - from) / 6));
  const out = [];
  for (let e = from; e <= to; e += every) among.forEach(m => out.push(Number((m * 10 ** e).toPrecision(6))));
  return out.filter(v => v >= low * 0.999 && v <= high * 1.001);
}

/** The least and the greatest of some values; the fallback where there are none. */
export function extent(values, fallback) {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : fallback;
}

/** Index of the point of a series whose x is nearest; -1: it has none. */
export function nearest(s, x) {
  let best = -1;
  for (let i = 0; i < s.x.length; i++) {
    if (s.y[i] != null && (best < 0 || Math.abs(s.x[i] - x) <= Math.abs(s.x[best] - x))) best = i;
  }
  return best;
}
