// A line chart on a canvas: several series, log scale, smoothing, zoom by dragging or keys, marks at steps. No library.

import { h, fill } from './dom.js';
import { figure } from './format.js';
import { extent, logTicks, nearest, smooth, ticks } from './scale.js';

const pad = { left: 52, right: 12, top: 10, bottom: 26 };

export class Chart {
  #series = []; #marks = []; #range = null; #cursor = null; #drag = null; #log = false; #weight = 0; #frame = 0; #end = new AbortController();

  /** @param options title; format of values; formatX; onZoom(range or null); onCursor(x or null) */
  constructor(options) {
    this.options = { format: figure, formatX: figure, ...options };
    this.canvas = h('canvas', { tabindex: 0, role: 'img', 'aria-label': options.title, 'aria-keyshortcuts': 'ArrowLeft ArrowRight + - 0' });
    this.legend = h('div.legend');
    this.empty = h('p.empty', {}, 'No figures yet');
    this.element = h('figure.chart', {}, h('figcaption', {}, h('h3', {}, options.title), this.legend), h('div.plot', {}, this.canvas, this.empty));
    const size = new ResizeObserver(() => this.draw());
    size.observe(this.canvas.parentElement);
    this.#end.signal.addEventListener('abort', () => size.disconnect());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw(), { signal: this.#end.signal });
    this.#listen();
  }

  /** It is shown no more: what outlives it is let go. */
  end() {
    this.#end.abort();
    cancelAnimationFrame(this.#frame);
  }

  /** series: { name, color: 'a CSS variable', x: [], y: [], dots } ; marks: { x, tone, text } */
  set(series, marks = []) {
    [this.#series, this.#marks] = [series.filter(s => s.y.some(v => v != null)), marks];
    this.draw();
  }

  configure({ log, weight, range }) {
    if (log !== undefined) this.#log = log;
    if (weight !== undefined) this.#weight = weight;
    if (range !== undefined) this.#range = range;
    this.draw();
  }

  point(x) {
    this.#cursor = x;
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    const [width, height, ratio] = [this.canvas.clientWidth, this.canvas.clientHeight, devicePixelRatio || 1];
    if (!width || !height) return;
    [this.canvas.width, this.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    const g = this.canvas.getContext('2d');
    g.scale(ratio, ratio);
    const css = getComputedStyle(this.canvas);
    const color = name => css.getPropertyValue(name).trim();
    this.empty.hidden = this.#series.length > 0;
    const shown = this.#series.map(s => ({ ...s, raw: s.y, y: this.#weight > 0 && !s.dots ? smooth(s.y, this.#weight) : s.y }));
    let [x0, x1] = this.#range ?? extent(shown.flatMap(s => s.x), [0, 1]);
    if (!this.#range && x0 > 0 && x0 < x1 * 0.05) x0 = 0; // the first step is 1
    const usable = v => v != null && Number.isFinite(v) && (!this.#log || v > 0);
    let [y0, y1] = extent(shown.flatMap(s => [...s.y, ...(s.dots ? [] : s.raw)].filter((v, i) => usable(v) && s.x[i % s.x.length] >= x0 && s.x[i % s.x.length] <= x1)), this.#log ? [0.1, 1] : [0, 1]);
    if (this.#log) {
      if (y1 / y0 < 1.2) [y0, y1] = [y0 / 1.2, y1 * 1.2];
      [y0, y1] = [y0 / (y1 / y0) ** 0.04, y1 * (y1 / y0) ** 0.04];
    } else {
      const room = (y1 - y0 || Math.abs(y1) || 1) * 0.06;
      const [least, greatest] = this.options.bounds ?? [-Infinity, Infinity];
      [y0, y1] = [y0 >= 0 && y0 < room * 4 ? Math.min(0, y0) : Math.max(least, y0 - room), Math.min(greatest, y1 + room)];
    }
    const [w, hh] = [width - pad.left - pad.right, height - pad.top - pad.bottom];
    const px = x => pad.left + (x1 > x0 ? (x - x0) / (x1 - x0) : 0.5) * w;
    const at = this.#log ? v => (Math.log(v) - Math.log(y0)) / (Math.log(y1) - Math.log(y0)) : v => (v - y0) / (y1 - y0);
    const py = v => pad.top + (1 - at(v)) * hh;
    this.view = { x0, x1, px, unpx: p => x0 + (p - pad.left) / w * (x1 - x0) };

    g.font = `11px ${css.fontFamily}`;
    g.lineWidth = 1;
    g.fillStyle = color('--muted');
    g.strokeStyle = color('--grid');
    g.textAlign = 'right';
    g.textBaseline = 'middle';
    for (const t of this.#log ? logTicks(y0, y1) : ticks(y0, y1, Math.max(2, hh / 38))) {
      line(g, pad.left, py(t), width - pad.right, py(t));
      g.fillText((this.options.formatTick ?? this.options.format)(t), pad.left - 7, py(t));
    }
    g.textBaseline = 'top';
    for (const t of ticks(x0, x1, Math.max(2, w / 90))) {
      g.textAlign = px(t) > width - 30 ? 'right' : 'center';
      g.fillText(this.options.formatX(t), Math.min(px(t), width - 2), height - pad.bottom + 8);
    }

    g.save();
    g.beginPath();
    g.rect(pad.left, 0, w, height - pad.bottom);
    g.clip();
    for (const m of this.#marks.filter(m => m.x >= x0 && m.x <= x1)) {
      g.strokeStyle = g.fillStyle = color(`--${m.tone}`);
      g.setLineDash([3, 3]);
      line(g, px(m.x), pad.top, px(m.x), height - pad.bottom);
      g.setLineDash([]);
      g.beginPath();
      g.moveTo(px(m.x) - 5, pad.top - 8);
      g.lineTo(px(m.x) + 5, pad.top - 8);
      g.lineTo(px(m.x), pad.top);
      g.fill();
    }
    for (const s of shown) {
      g.strokeStyle = g.fillStyle = color(s.color);
      g.lineJoin = 'round';
      if (this.#weight > 0 && !s.dots) {
        g.globalAlpha = 0.28;
        g.lineWidth = 1;
        path(g, s.x, s.raw, px, py, usable);
      }
      [g.globalAlpha, g.lineWidth] = [1, 1.75];
      path(g, s.x, s.y, px, py, usable);
      if (s.dots && s.y.filter(usable).length < w / 7) {
        s.y.forEach((v, i) => {
          if (usable(v)) {
            g.beginPath();
            g.arc(px(s.x[i]), py(v), 2.4, 0, 7);
            g.fill();
          }
        });
      }
    }
    if (this.#drag) {
      g.fillStyle = color('--selection');
      g.fillRect(Math.min(this.#drag.from, this.#drag.to), pad.top, Math.abs(this.#drag.to - this.#drag.from), hh);
    }
    if (this.#cursor != null && this.#cursor >= x0 && this.#cursor <= x1) {
      g.strokeStyle = color('--muted');
      line(g, px(this.#cursor), pad.top, px(this.#cursor), height - pad.bottom);
      for (const s of shown) {
        const i = nearest(s, this.#cursor);
        if (i >= 0 && usable(s.y[i])) {
          g.fillStyle = color(s.color);
          g.beginPath();
          g.arc(px(s.x[i]), py(s.y[i]), 3.5, 0, 7);
          g.fill();
        }
      }
    }
    g.restore();
    this.#tell();
  }

  // The legend has the values at the cursor, else the last ones.
  #tell() {
    const entries = this.#series.map(s => {
      const i = this.#cursor == null ? s.y.findLastIndex(v => v != null) : nearest(s, this.#cursor);
      return { s, value: i < 0 ? '–' : this.options.format(s.y[i]), x: i < 0 ? null : s.x[i] };
    });
    const text = entries.map(e => `${e.s.name} ${e.value}`).join(', ');
    if (this.legend.dataset.text !== text) {
      this.legend.dataset.text = text;
      fill(this.legend, entries.map(e => {
        const swatch = h('i.swatch');
        swatch.style.background = `var(${e.s.color})`;
        return h('span', {}, swatch, `${e.s.name} `, h('b', {}, e.value));
      }));
    }
    const mark = this.#cursor == null ? null : this.#marks.find(m => Math.abs(this.view.px(m.x) - this.view.px(this.#cursor)) < 6);
    const where = this.#cursor == null ? '' : ` at ${this.options.formatX(this.#cursor)}${mark ? `: ${mark.text}` : ''}`;
    this.canvas.title = mark?.text ?? '';
    this.canvas.setAttribute('aria-label', `${this.options.title}${where}: ${text || 'no figures yet'}`);
  }

  #zoom(range) {
    const [low, high] = extent(this.#series.flatMap(s => s.x), [0, 1]);
    const cut = range && [Math.max(low, range[0]), Math.min(high, range[1])];
    const next = cut && cut[1] > cut[0] && (cut[0] > low || cut[1] < high) ? cut : null;
    this.configure({ range: next });
    this.options.onZoom?.(next);
  }

  #moveTo(x) {
    this.point(x);
    this.options.onCursor?.(x);
  }

  #listen() {
    const c = this.canvas;
    const inside = e => Math.min(Math.max(e.offsetX, pad.left), c.clientWidth - pad.right);
    c.addEventListener('pointerdown', e => {
      if (this.view && e.button === 0 && e.pointerType !== 'touch') {
        c.setPointerCapture(e.pointerId);
        this.#drag = { from: inside(e), to: inside(e) };
      }
    });
    c.addEventListener('pointermove', e => {
      if (!this.view) return;
      if (this.#drag) this.#drag.to = inside(e);
      this.#moveTo(this.view.unpx(inside(e)));
    });
    c.addEventListener('pointerup', () => {
      const drag = this.#drag;
      this.#drag = null;
      if (drag && Math.abs(drag.to - drag.from) > 5) this.#zoom([drag.from, drag.to].sort((a, b) => a - b).map(this.view.unpx));
    });
    c.addEventListener('pointerleave', () => this.#moveTo(null));
    c.addEventListener('blur', () => this.#moveTo(null));
    c.addEventListener('dblclick', () => this.#zoom(null));
    c.addEventListener('keydown', e => {
      if (!this.view) return;
      const { x0, x1 } = this.view;
      const here = this.#cursor ?? (x0 + x1) / 2;
      const keys = {
        ArrowLeft: () => this.#moveTo(Math.max(x0, here - (x1 - x0) / 50)),
        ArrowRight: () => this.#moveTo(Math.min(x1, here + (x1 - x0) / 50)),
        '+': () => this.#zoom([here - (here - x0) / 2, here + (x1 - here) / 2]),
        '-': () => this.#zoom([here - (here - x0) * 2, here + (x1 - here) * 2]),
        0: () => this.#zoom(null),
        Escape: () => this.#zoom(null),
      };
      if (keys[e.key] && !e.ctrlKey && !e.metaKey) {
        e.preventDefault();
        keys[e.key]();
      }
    });
  }
}

/** A small curve without axes. */
export function sparkline(values) {
  const [w, hh] = [96, 26];
  const finite = values.filter(v => v != null && Number.isFinite(v));
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${w} ${hh}`);
  svg.setAttribute('class', 'spark');
  svg.setAttribute('aria-hidden', 'true');
  if (finite.length > 1) {
    const [low, high] = extent(finite, [0, 1]);
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
    line.setAttribute('points', finite.map((v, i) => `${(1 + i / (finite.length - 1) * (w - 2)).toFixed(1)},${(hh - 3 - (high > low ? (v - low) / (high - low) : 0.5) * (hh - 6)).toFixed(1)}`).join(' '));
    svg.append(line);
  }
  return svg;
}

function line(g, x, y, toX, toY) {
  g.beginPath();
  g.moveTo(Math.round(x) + 0.5, Math.round(y) + 0.5);
  g.lineTo(Math.round(toX) + 0.5, Math.round(toY) + 0.5);
  g.stroke();
}

function path(g, xs, ys, px, py, usable) {
  g.beginPath();
  let open = false;
  ys.forEach((v, i) => {
    if (v == null) return; // figures that come now and then are joined
    if (!usable(v)) { open = false; return; }
    open ? g.lineTo(px(xs[i]), py(v)) : g.moveTo(px(xs[i]), py(v));
    open = true;
  });
  g.stroke();
}
