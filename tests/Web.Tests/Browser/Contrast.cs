namespace Granary.Web.Tests.Browser;

/// <summary>WCAG 2.1's contrast (1.4.3, level AA), by its own formula: 4.5 to 1 for text, 3 to 1 for large text.</summary>
internal static class Contrast
{
    /// <summary>Returns the texts of a page that have less, as JSON.</summary>
    public const string Script = """
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const rgba = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
        const over = (a, b) => a.slice(0, 3).map((v, i) => v * a[3] / 255 + b[i] * (1 - a[3] / 255)).concat(255);
        const linear = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
        const light = c => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
        const ground = e => {
          const layers = [];
          for (; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
          return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 255]);
        };
        const faint = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node; node = walker.nextNode();) {
          const e = node.parentElement;
          if (!node.textContent.trim() || !e.checkVisibility() || ['SCRIPT', 'NOSCRIPT'].includes(e.tagName)) continue;
          const style = getComputedStyle(e), below = ground(e), text = over(rgba(style.color), below);
          const [a, b] = [light(text), light(below)].sort((x, y) => y - x);
          const size = parseFloat(style.fontSize);
          const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
          const ratio = (a + 0.05) / (b + 0.05);
          if (ratio < (large ? 3 : 4.5)) faint.push(`${node.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
        }
        return JSON.stringify([...new Set(faint)]);
        """;
}
