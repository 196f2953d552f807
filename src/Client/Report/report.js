'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const main = document.getElementById('main');
document.title = `${data.title} - evaluation`;

// Elements. Text is always set as text: names come from files.
function el(name, attributes = {}, ...children) {
  const svg = ['svg', 'g', 'path', 'line', 'rect', 'circle', 'text', 'title'].includes(name);
  const made = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter(c => c !== null && c !== undefined));
  return made;
}
const number = value => Number(value); // what is not finite comes as text
const whole = n => n.toLocaleString('en-US');
const examples = n => `${whole(n)} ${n === 1 ? 'example' : 'examples'}`;
const isWeighted = data.weight !== null && data.weight !== undefined;
const amount = n => !isWeighted || Number.isInteger(n) ? whole(n) : n.toLocaleString('en-US', { maximumSignificantDigits: 6 }); // examples, or what they weigh
const counted = n => isWeighted ? `weight ${amount(n)}` : examples(n);
const less = (all, some) => Math.abs(all - some) < 1e-12 * all ? 0 : all - some; // of weights, whose sums are rounded
const part = (p, digits = 4) => p === null || p === undefined ? '–' : number(p).toFixed(digits);
const error = e => { const n = number(e); return Number.isFinite(n) ? Number(n.toPrecision(6)).toString() : String(e); };
const card = (title, ...children) => el('section', { class: 'card' }, el('h2', {}, title), ...children);
const color = i => i < 0 ? 'var(--text)' : `var(--s${i % 7})`; // -1: all together
const dash = i => i < 7 ? '' : i < 14 ? '6 3' : '2 3';

function tiles(list) {
  return el('dl', { class: 'tiles' }, ...list.filter(t => t[1] !== '–').map(([name, value, note]) =>
    el('div', {}, el('dt', {}, name), el('dd', {}, value), note ? el('dd', {}, note) : null)));
}

// A chart's plane: a square of 300 with room for its axes, and ways into it.
function plane({ x: [x0, x1], y: [y0, y1], xName, yName, label, height = 300, ticks = 5 }) {
  const [left, top, width] = [46, 8, 340];
  const X = v => left + (v - x0) / (x1 - x0 || 1) * width, Y = v => top + height - (v - y0) / (y1 - y0 || 1) * height;
  const svg = el('svg', { viewBox: `0 0 ${left + width + 14} ${top + height + 42}`, role: 'img', 'aria-label': label });
  const steps = (a, b) => {
    const raw = (b - a) / ticks, power = 10 ** Math.floor(Math.log10(raw || 1)), step = [1, 2, 2.5, 5, 10].map(m => m * power).find(s => s >= raw * .999) || 1;
    const list = [], first = Math.ceil(a / step - 1e-9);
    for (let i = 0; i <= 2 * ticks && (first + i) * step <= b + step * 1e-9; i++) list.push((first + i) * step); // of numbers so large that one more is no other, not for ever
    return list;
  };
  const say = v => Math.abs(v) >= 1e5 || (v !== 0 && Math.abs(v) < 1e-3) ? v.toExponential(0) : String(Number(v.toPrecision(4)));
  for (const v of steps(x0, x1)) svg.append(el('line', { class: 'gridline', x1: X(v), x2: X(v), y1: top, y2: top + height }), el('text', { x: X(v), y: top + height + 17, 'text-anchor': 'middle' }, say(v)));
  for (const v of steps(y0, y1)) svg.append(el('line', { class: 'gridline', x1: left, x2: left + width, y1: Y(v), y2: Y(v) }), el('text', { x: left - 7, y: Y(v) + 4, 'text-anchor': 'end' }, say(v)));
  svg.append(el('line', { class: 'axis', x1: left, x2: left + width, y1: top + height, y2: top + height }), el('line', { class: 'axis', x1: left, x2: left, y1: top, y2: top + height }),
    el('text', { x: left + width / 2, y: top + height + 36, 'text-anchor': 'middle' }, xName), el('text', { transform: `translate(11 ${top + height / 2}) rotate(-90)`, 'text-anchor': 'middle' }, yName));
  const path = points => points.map(([x, y], i) => `${i ? 'L' : 'M'}${X(x).toFixed(2)} ${Y(y).toFixed(2)}`).join('');
  return {
    svg, X, Y,
    curve: (points, i) => svg.append(el('path', { class: 'curve', d: path(points), stroke: color(i), 'stroke-dasharray': dash(i), 'data-curve': i })),
    chance: (x, y, u, v) => svg.append(el('line', { class: 'chance', x1: X(x), y1: Y(y), x2: X(u), y2: Y(v) })),
    dot: (x, y, i, r = 4, title = null, opacity = 1) => { const c = el('circle', { cx: X(x), cy: Y(y), r, fill: color(i), opacity }, title ? el('title', {}, title) : null); svg.append(c); return c; },
    bar: (a, b, h, i, title, opacity = .28) => svg.append(el('rect', { opacity, x: X(a) + 1, width: Math.max(0, X(b) - X(a) - 2), y: Y(h), height: Math.max(0, Y(y0) - Y(h)), fill: color(i) }, el('title', {}, title))),
  };
}
const unit = { x: [0, 1], y: [0, 1] };
// Whoever points at a name sees its curve alone.
function legend(items, svg) {
  const only = shown => svg.querySelectorAll('[data-curve]').forEach(c => { c.style.opacity = shown === null || c.dataset.curve === String(shown) ? 1 : .12; });
  return el('ul', { class: 'legend' }, ...items.map(([name, i]) => {
    const item = el('li', { tabindex: 0 }, el('svg', { viewBox: '0 0 18 4', 'aria-hidden': true }, el('line', { x1: 0, x2: 18, y1: 2, y2: 2, stroke: color(i), 'stroke-width': 3, 'stroke-dasharray': dash(i) })), name);
    for (const [event, shown] of [['pointerenter', i], ['focus', i], ['pointerleave', null], ['blur', null]]) item.addEventListener(event, () => only(shown));
    return item;
  }));
}

// Each point: what is chosen from its score on.
const rates = (c, [, right, wrong]) => ({ recall: right / c.positives, fall: wrong / c.negatives, precision: right / (right + wrong) });

function curves() {
  const list = data.curves.filter(c => c.positives && c.negatives);
  if (!list.length) return [];
  const roc = plane({ ...unit, xName: 'false positive rate', yName: 'recall (true positive rate)', label: 'ROC curve' });
  roc.chance(0, 0, 1, 1);
  const pr = plane({ ...unit, xName: 'recall', yName: 'precision', label: 'Precision-recall curve' });
  const place = (c, i) => i === list.length - 1 && i > 1 ? -1 : i; // the last of several is all classes together
  list.forEach((c, at) => {
    const i = place(c, at);
    const points = c.points.map(p => rates(c, p));
    roc.curve([...points.map(p => [p.fall, p.recall]), [0, 0]], i);
    pr.curve([...points.map(p => [p.recall, p.precision]), ...(points.length ? [[0, points.at(-1).precision]] : [])], i);
  });
  if (list.length === 1) pr.chance(0, list[0].positives / (list[0].positives + list[0].negatives), 1, list[0].positives / (list[0].positives + list[0].negatives));
  const names = f => list.map((c, i) => [`${c.name} ${part(c[f], 3)}`, place(c, i)]);
  const areas = (f, svg) => list.length === 1 ? el('p', { class: 'note' }, `area ${part(list[0][f])}; dashed: a model that knows nothing`) : legend(names(f), svg);
  return [
    ...(list.length === 1 ? [thresholds(list[0], roc, pr)] : []),
    card('ROC', roc.svg, areas('rocAuc', roc.svg)),
    card('Precision and recall', pr.svg, areas('averagePrecision', pr.svg)),
  ];
}

function thresholds(curve, roc, pr) {
  const points = curve.points, start = Math.max(0, points.findIndex(p => p[0] >= data.threshold));
  const range = el('input', { type: 'range', min: 0, max: points.length - 1, value: start, 'aria-label': `Threshold on the probability of ${curve.name}` });
  const at = el('output', {}), said = el('div', { class: 'said' });
  const [a, b] = [roc.dot(0, 0, 1, 5), pr.dot(0, 0, 1, 5)];
  const show = () => {
    const p = points[range.value], r = rates(curve, p), [, right, wrong] = p;
    at.textContent = part(p[0]);
    const f1 = 2 * right / (2 * right + wrong + curve.positives - right);
    said.replaceChildren(...[['precision', part(r.precision)], ['recall', part(r.recall)], ['F1', part(f1)], ['false positive rate', part(r.fall)],
      ['true positives', amount(right)], ['false positives', amount(wrong)], ['missed', amount(less(curve.positives, right))], ['true negatives', amount(less(curve.negatives, wrong))]]
      .map(([name, value]) => el('div', {}, el('span', {}, name), value)));
    for (const [dot, where, x, y] of [[a, roc, r.fall, r.recall], [b, pr, r.recall, r.precision]]) { dot.setAttribute('cx', where.X(x)); dot.setAttribute('cy', where.Y(y)); }
  };
  range.addEventListener('input', show);
  queueMicrotask(show);
  const section = card(`What a threshold does`, el('div', { class: 'under' }, range, at, said),
    el('p', { class: 'note' }, `${curve.name} is chosen from this probability on. The model's own threshold is ${part(data.threshold)}${data.rule ? `, chosen by ${data.rule}` : ''}.`));
  section.classList.add('wide');
  return section;
}

function calibration(p) {
  const bins = p.bins.filter(b => b.count), most = Math.max(...p.bins.map(b => b.count));
  const chart = plane({ ...unit, xName: data.figures.hammingLoss !== undefined ? 'probability of a label' : data.figures.classes.length === 2 ? `probability of ${data.figures.classes[1].name}` : 'greatest probability', yName: 'part that comes true', label: 'Calibration' });
  for (const b of p.bins) chart.bar(b.from, b.to, b.count / most * .3, 6, `${counted(b.count)} from ${part(b.from, 1)} to ${part(b.to, 1)}`);
  chart.chance(0, 0, 1, 1);
  chart.curve(bins.map(b => [b.probability, b.share]), 0);
  for (const b of bins) chart.dot(b.probability, b.share, 0, 4, `${counted(b.count)}: ${part(b.probability)} said, ${part(b.share)} came true`);
  return card('Calibration', chart.svg, el('p', { class: 'note' }, `mean error ${part(p.calibrationError)}; bars: ${isWeighted ? 'what the examples of each bin weigh' : 'how many examples each bin has'}`));
}

function confusion(matrix) {
  const names = data.figures.classes.map(c => c.name), rows = matrix.map(r => r.reduce((a, b) => a + b, 0));
  const heat = (i, j) => rows[i] ? matrix[i][j] / rows[i] : 0, say = (i, j) => `${names[i]} taken for ${names[j]}: ${isWeighted ? 'weight ' : ''}${amount(matrix[i][j])} of ${amount(rows[i])}`;
  const paint = (i, j) => `rgb(var(--${i === j ? 'heat' : 'wrong'}) / ${(matrix[i][j] ? .1 + .9 * heat(i, j) : .04).toFixed(3)})`;
  let shown;
  if (names.length <= 20) {
    shown = el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Confusion matrix' }, el('table', { class: 'matrix' },
      el('thead', {}, el('tr', {}, el('th', {}, 'truth'), ...names.map(n => el('th', { scope: 'col', title: n, style: 'text-align:center' }, n)))),
      el('tbody', {}, ...names.map((n, i) => el('tr', {}, el('th', { scope: 'row', title: n }, n), ...names.map((_, j) =>
        el('td', { title: say(i, j), style: `background:${paint(i, j)};${heat(i, j) > .62 ? 'color:var(--on-heat)' : ''}` }, amount(matrix[i][j]))))))));
  } else {
    const svg = el('svg', { viewBox: `0 0 ${names.length} ${names.length}`, role: 'img', 'aria-label': 'Confusion matrix' });
    matrix.forEach((row, i) => row.forEach((n, j) => n && svg.append(el('rect', { x: j, y: i, width: .94, height: .94, fill: paint(i, j) }, el('title', {}, say(i, j))))));
    shown = svg;
  }
  const section = card('Confusion matrix', shown, el('p', { class: 'note' }, `rows are truths, columns what the model says${isWeighted ? '; numbers are weights' : ''}; shades are parts of a row`));
  if (names.length > 4) section.classList.add('wide');
  return section;
}

function table(f) {
  const cells = r => [part(r.precision), part(r.recall), part(r.f1), part(r.rocAuc), part(r.averagePrecision)].map(v => el('td', {}, v));
  const several = f.hammingLoss !== undefined;
  const section = card(several ? 'Labels' : 'Classes', el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Figures of each class' }, el('table', {},
    el('thead', {}, el('tr', {}, ...[several ? 'label' : 'class', isWeighted ? 'weight' : 'examples', 'precision', 'recall', 'F1', 'ROC-AUC', 'PR-AUC'].map(h => el('th', { scope: 'col' }, h)))),
    el('tbody', {}, ...f.classes.map(c => el('tr', {}, el('th', { scope: 'row' }, c.name), el('td', {}, amount(c.support)), ...cells(c))),
      ...[[several ? 'mean over labels' : 'mean over classes', f.macro], ['all pairs', f.micro], [isWeighted ? 'mean by weight' : 'mean by examples', f.weighted]].map(([name, a], i) =>
        el('tr', { class: i ? 'mean' : 'mean first' }, el('th', { scope: 'row' }, name), el('td', {}), ...cells(a)))))));
  section.classList.add(f.confusion && f.classes.length <= 4 ? 'rest' : 'wide');
  return section;
}

// Nothing where nobody asked for it.
function importance() {
  if (!data.importance) return null;
  const { columns, repeats, seed } = data.importance, isNumber = Boolean(data.numbers);
  const shown = [[isNumber ? 'RMSE rises by' : `${data.isLogLoss ? 'log-loss' : 'loss'} rises by`, isNumber ? 'rmse' : 'loss'], [isNumber ? 'R² falls by' : 'accuracy falls by', isNumber ? 'r2' : 'accuracy']]
    .filter(([, key]) => columns.some(c => c[key]));
  const most = Math.max(...columns.map(c => number(c[shown[0][1]].mean)).filter(Number.isFinite)) || 1;
  const width = c => `${(Math.max(0, Math.min(1, number(c[shown[0][1]].mean) / Math.abs(most))) * 100 || 0).toFixed(1)}%`;
  const section = card('How much each column matters', el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Importance of each column' }, el('table', {},
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'column'), ...shown.flatMap(([title]) => [el('th', { scope: 'col' }, title), el('th', { scope: 'col' }, '±')]))),
    el('tbody', {}, ...columns.map(c => el('tr', {}, el('th', { scope: 'row', style: `background:linear-gradient(to right, rgb(var(--heat) / .18) ${width(c)}, transparent 0)` }, c.column),
      ...shown.flatMap(([, key]) => [el('td', {}, error(c[key].mean)), el('td', {}, error(c[key].deviation))])))))),
    el('p', { class: 'note' }, `how much worse the figures are when the column's values are permuted among all rows; mean and deviation of ${repeats} ${repeats === 1 ? 'permutation' : 'permutations'}, seed ${seed}`));
  section.classList.add('wide');
  return section;
}

function classes() {
  const f = data.figures, several = f.hammingLoss !== undefined, two = !several && f.classes.length === 2, p = f.probabilities, second = two ? f.classes[1] : f.macro, of = two ? `of ${f.classes[1].name}` : several ? 'mean over labels' : 'mean over classes';
  main.append(tiles([['accuracy', part(f.accuracy), several ? 'every label right' : null], ['Hamming loss', several ? part(f.hammingLoss) : '–'], ['precision', part(second.precision), of], ['recall', part(second.recall), of], ['F1', part(second.f1), of],
    ['ROC-AUC', part(second.rocAuc), of], ['PR-AUC', part(second.averagePrecision), of], ['log-loss', part(p?.logLoss)], ['Brier score', part(p?.brier)]]));
  main.append(el('div', { class: 'cards' }, ...curves(), p ? calibration(p) : null, f.confusion ? confusion(f.confusion) : null, table(f), importance()));
}

function numbers() {
  const { truths, predicted } = data.sample, n = data.numbers, off = predicted.map((p, i) => p - truths[i]);
  main.append(tiles([['RMSE', error(n.rmse)], ['MAE', error(n.mae)], ['R²', n.r2 === null || n.r2 === undefined ? '–' : part(n.r2)], ['MSE', error(n.mse)], ['loss', error(data.loss)]]));
  const all = [...truths, ...predicted].filter(Number.isFinite);
  if (!all.length) return;
  const ends = list => { const [a, b] = [list.reduce((x, y) => Math.min(x, y)), list.reduce((x, y) => Math.max(x, y))], room = (b - a) * .04 || Math.abs(a) * .04 || 1; return [a - room, b + room]; };
  const both = ends(all), sample = truths.length < data.examples ? `a sample of ${whole(truths.length)} of ${examples(data.examples)}` : data.examples === 1 ? 'the one example' : `all ${examples(data.examples)}`;
  const faint = Math.max(.18, Math.min(.7, 60 / Math.sqrt(truths.length) / 5));
  const against = plane({ x: both, y: both, xName: 'true', yName: 'predicted', label: 'Predicted against true' });
  against.chance(both[0], both[0], both[1], both[1]);
  truths.forEach((t, i) => against.dot(t, predicted[i], 0, 3, `true ${error(t)}, predicted ${error(predicted[i])}`, faint));
  const most = Math.max(...off.map(Math.abs)) * 1.05 || 1;
  const residuals = plane({ x: ends(predicted), y: [-most, most], xName: 'predicted', yName: 'residual (predicted - true)', label: 'Residuals by prediction' });
  residuals.chance(...[ends(predicted)[0], 0, ends(predicted)[1], 0]);
  off.forEach((o, i) => residuals.dot(predicted[i], o, 1, 3, `predicted ${error(predicted[i])}, off by ${error(o)}`, faint));
  const bins = 24, width = 2 * most / bins, counts = Array(bins).fill(0);
  off.forEach(o => counts[Math.min(bins - 1, Math.floor((o + most) / width))]++);
  const histogram = plane({ x: [-most, most], y: [0, Math.max(...counts) * 1.08], xName: 'residual (predicted - true)', yName: 'examples', label: 'Histogram of residuals' });
  counts.forEach((c, b) => histogram.bar(-most + b * width, -most + (b + 1) * width, c, 2, `${whole(c)} from ${error(-most + b * width)} to ${error(-most + (b + 1) * width)}`, .8));
  const note = text => el('p', { class: 'note' }, text);
  main.append(el('div', { class: 'cards' }, card('Predicted against true', against.svg, note(`${sample}; dashed: what a perfect model says`)),
    card('Residuals', residuals.svg, note(sample)), card('How large the residuals are', histogram.svg, note(sample)), importance()));
}

main.append(el('header', {}, el('h1', {}, data.title), el('p', { class: 'lead' }, `${data.model} on ${data.data}: ${examples(data.examples)}`),
  isWeighted ? el('p', { class: 'lead' }, `Weights: column ${data.weightedBy}, ${amount(data.weight)} in all. Every figure counts a row as often as it weighs.`) : null));
if (data.figures) classes(); else numbers();
main.append(el('footer', {}, `Granary, granary evaluate. Figures are exact over all examples; ${data.figures ? 'curves are drawn through points that lie on them' : 'points are drawn from the sample'}.`));
